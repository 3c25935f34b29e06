"""What library functions do, by the last part of their name, whatever they were imported as."""

from __future__ import annotations

from nbpipe.leaks.knowledge.words import words

READERS = words(
    """
    read_csv read_excel read_table read_json read_parquet read_pickle read_feather read_hdf
    read_sql read_sql_query read_sql_table read_html read_fwf read_stata read_sas read_spss
    read_clipboard read_orc genfromtxt loadtxt fetch_openml fetch_mldata load_dataset
    scan_csv scan_parquet DataReader get_data_yahoo download get_data fetch_ucirepo
    """
)
ARCHIVES = words("load loadmat File open_dataset")  # several arrays under names
MAKERS = words(
    """
    make_classification make_regression make_blobs make_moons make_circles make_friedman1
    make_multilabel_classification make_sparse_uncorrelated make_gaussian_quantiles
    make_hastie_10_2 make_swiss_roll make_s_curve make_biclusters
    """
)
GENERATORS = words(  # of random numbers
    """
    rand randn randint random random_sample normal uniform poisson binomial exponential
    standard_normal integers multivariate_normal lognormal gamma beta
    """
)
TRAIN_TEST_SPLITS = words(
    """
    train_test_split iterative_train_test_split temporal_train_test_split
    multilabel_train_test_split train_val_test_split random_split train_valid_split
    train_test_val_split
    """
)
FOLD_SCORES = words(
    """
    cross_val_score cross_validate cross_val_predict learning_curve validation_curve
    permutation_test_score bias_variance_decomp evaluate_model_cv
    """
)
METRICS = words(
    """
    roc_curve precision_recall_curve confusion_matrix classification_report
    classification_report_imbalanced precision_recall_fscore_support
    mean_absolute_percentage_error plot_confusion_matrix plot_roc_curve
    plot_precision_recall_curve accuracy rmse mse mae r2 rmsle mape smape plot_roc roc_auc
    multilabel_confusion_matrix det_curve hamming_loss sensitivity_score specificity_score
    plot_cm show_results print_score brier_score_loss log_loss median_absolute_error
    max_error explained_variance_score mean_squared_error mean_absolute_error
    mean_squared_log_error root_mean_squared_error log_loss cohen_kappa_score
    matthews_corrcoef scatter_matrix_confusion from_estimator from_predictions
    accuracy_and_report
    """
)
METRIC_ENDINGS = ("_score", "_error", "_loss", "_accuracy")
NO_METRIC = words(
    """
    cross_val_score permutation_test_score best_score silhouette_score z_score zscore
    calinski_harabasz_score davies_bouldin_score decision_score
    """
)
# Functions that learn from their rows and give them back changed.
LEARNING = {
    "scale": "scale", "minmax_scale": "scale", "robust_scale": "scale", "maxabs_scale": "scale",
    "power_transform": "scale", "quantile_transform": "scale", "zscore": "scale", "boxcox": "scale",
    "yeojohnson": "scale", "winsorize": "clip", "qcut": "bins",
}  # fmt: skip
CATEGORIES = words("get_dummies factorize label_binarize to_categorical")
CONCATENATIONS = words("concat concatenate vstack append row_stack r_")
SIDE_BY_SIDE = words("hstack column_stack c_ dstack")
# The numbers in a model do not depend on them.
PLAIN = words(
    """
    print len range type isinstance str repr format display plot figure subplot subplots
    show title xlabel ylabel legend hist bar barplot countplot heatmap pairplot distplot
    histplot boxplot violinplot scatter scatterplot lineplot axis grid savefig tight_layout
    hasattr callable id hash warn info debug log_metric log_metrics log_param log_params
    """
)
DATA_HOLDERS = words("DMatrix Dataset Pool QuantileDMatrix DataLoader TensorDataset")
