"""What the methods of frames, series and arrays do to rows (pandas, numpy, polars)."""

from __future__ import annotations

from nbpipe.leaks.knowledge.words import words

# Their first argument is the axis.
AXIS_FIRST = words(
    """
    mean std var min max ptp sem median nanmean nanstd nanmin nanmax nanmedian average amin amax
    skew kurt kurtosis mode
    """
)
# Numbers that summarise rows, and what is learned where they enter the rows again.
_SUMMARIES = {
    "scale": """
        mean std var min max ptp sem mad nanmean nanstd nanmin nanmax average amin amax norm cov
        describe""",
    "impute": "median mode nanmedian",
    "clip": "quantile percentile nanpercentile nanquantile iqr",
    "select": """
        corr corrwith corrcoef chi2 f_classif f_regression mutual_info_classif
        mutual_info_regression pearsonr spearmanr ttest_ind f_oneway ranksums mannwhitneyu kruskal
        variance_inflation_factor""",
    "text": "Counter FreqDist",
    "count": "value_counts",
    "group": "agg aggregate pivot_table crosstab",
    "filter": "skew kurt kurtosis",
}
SUMMARIES = {name: kind for kind, text in _SUMMARIES.items() for name in text.split()}
EXTREMES = words("min max nanmin nanmax amin amax")
# They tell of rows, and nothing of what stands in them enters anything.
HARMLESS = words(
    """
    info shape size ndim dtype dtypes columns nunique count isnull isna notnull notna
    memory_usage plot hist boxplot show savefig empty nbytes items iteritems
    """
)
FILES = words(
    """
    to_csv to_excel to_pickle to_json to_parquet to_hdf to_feather to_sql to_html to_latex
    to_markdown save
    """
)
# One value out of several of the same row, or of the rows before it.
ROW_WISE_GROUPS = words(
    """
    cumcount cumsum shift diff rolling expanding pct_change ffill head tail nth cumprod
    cummax cummin ewm rank first last ngroup __iter__ items keys
    """
)
NEIGHBOURS = words("shift rolling expanding ewm pct_change diff")
OVER_NEIGHBOURS = frozenset({"rolling", "expanding", "ewm"})
WINDOWS = words(
    """
    sliding_window_view TimeseriesGenerator timeseries_dataset_from_array as_strided
    series_to_supervised sliding_window create_sequences extract_windows
    """
)
GROUPING = words("groupby group_by")
ELEMENTWISE = words("apply map applymap transform pipe progress_apply parallel_apply")
# These change the frame itself.
ALWAYS_IN_PLACE = words(
    """
    insert update append extend add pop sort fill put setdefault partial_sort
    """
)
