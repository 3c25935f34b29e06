"""What the methods of frames, series and arrays do to rows (pandas, numpy, polars)."""

from __future__ import annotations

from nbpipe.leaks.knowledge.words import words

# Numbers that summarise rows, and what is learned where they enter the rows again.
SUMMARIES: dict[str, str] = {
    **dict.fromkeys(("mean", "std", "var", "min", "max", "ptp", "sem", "mad", "nanmean", "nanstd",
                     "nanmin", "nanmax", "average", "amin", "amax", "norm", "cov", "skew", "kurt",
                     "kurtosis", "describe"), "scale"),
    **dict.fromkeys(("median", "mode", "nanmedian"), "impute"),
    **dict.fromkeys(("quantile", "percentile", "nanpercentile", "nanquantile", "iqr"), "clip"),
    **dict.fromkeys(("corr", "corrwith", "corrcoef", "chi2", "f_classif", "f_regression",
                     "mutual_info_classif", "mutual_info_regression", "pearsonr", "spearmanr",
                     "ttest_ind", "f_oneway", "ranksums", "mannwhitneyu", "kruskal"),
                    "select"),
    **dict.fromkeys(("value_counts",), "count"),
    **dict.fromkeys(("agg", "aggregate", "pivot_table", "crosstab"), "group"),
}  # fmt: skip
# They tell of rows, and nothing of what stands in them enters anything.
HARMLESS = words(
    """
    info shape size ndim dtype dtypes columns nunique unique count isnull isna notnull notna
    any all memory_usage plot hist boxplot show keys savefig empty nbytes items iteritems
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
    cummax cummin ewm rank first last ngroup __iter__
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
