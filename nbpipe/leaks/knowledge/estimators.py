"""What estimators learn, by class name: of scikit-learn, keras, boosters and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nbpipe.leaks.knowledge.words import words

if TYPE_CHECKING:
    from nbpipe.leaks.findings import Severity

# What is learned, and how grave it is where rows that judge the model took part: "error" where the
# test rows' values enter what the model sees, "review" where little does, "note" where only the
# list of known categories does.
KINDS: dict[str, Severity] = {
    "scale": "error",
    "impute": "error",
    "reduce": "error",
    "select": "error",
    "text": "error",
    "bins": "error",
    "target": "error",
    "clip": "review",
    "count": "review",
    "group": "error",
    "cluster": "review",
    "encode": "note",
    "filter": "note",
    "threshold": "note",
}


def _table(**names: str) -> dict[str, str]:
    return {name: kind for kind, words in names.items() for name in words.split()}


LEARNERS = _table(
    scale="""StandardScaler MinMaxScaler MaxAbsScaler RobustScaler QuantileTransformer
        PowerTransformer KernelCenterer Normalization SplineTransformer StandardScalerWrapper
        YeoJohnsonTransformer BoxCoxTransformer TimeSeriesScalerMeanVariance
        TimeSeriesScalerMinMax Scaler StandardNormalization""",
    impute="""SimpleImputer Imputer KNNImputer IterativeImputer MissingIndicator MissForest
        MeanMedianImputer CategoricalImputer SoftImpute IterativeSVD BiScaler KNN""",
    reduce="""PCA KernelPCA IncrementalPCA SparsePCA MiniBatchSparsePCA RandomizedPCA TruncatedSVD
        FastICA NMF FactorAnalysis LatentDirichletAllocation UMAP Isomap LocallyLinearEmbedding
        DictionaryLearning BernoulliRBM Nystroem NeighborhoodComponentsAnalysis TSNE MDS
        SpectralEmbedding FAMD MCA LdaModel LdaMulticore""",
    select="""SelectKBest SelectPercentile SelectFromModel RFE RFECV SelectFdr SelectFpr SelectFwe
        GenericUnivariateSelect VarianceThreshold SequentialFeatureSelector BorutaPy
        ExhaustiveFeatureSelector SFS RandomizedLasso ReliefF DropCorrelatedFeatures""",
    text="""CountVectorizer TfidfVectorizer TfidfTransformer Tokenizer TextVectorization Word2Vec
        Doc2Vec FastText Phrases""",
    bins="KBinsDiscretizer MDLP EqualFrequencyDiscretiser EqualWidthDiscretiser OptimalBinning",
    target="""TargetEncoder LeaveOneOutEncoder WOEEncoder JamesSteinEncoder CatBoostEncoder
        MEstimateEncoder GLMMEncoder QuantileEncoder MeanEncoder""",
    count="CountEncoder FrequencyEncoder CountFrequencyEncoder RareLabelEncoder",
    clip="Winsorizer",
    cluster="""KMeans MiniBatchKMeans DBSCAN AgglomerativeClustering Birch GaussianMixture MeanShift
        SpectralClustering AffinityPropagation OPTICS HDBSCAN BayesianGaussianMixture KModes
        KPrototypes FeatureAgglomeration""",
    encode="""LabelEncoder OneHotEncoder OrdinalEncoder LabelBinarizer MultiLabelBinarizer
        DictVectorizer CategoricalEncoder BinaryEncoder HelmertEncoder SumEncoder
        BackwardDifferenceEncoder BaseNEncoder StringIndexer StringLookup IntegerLookup""",
)
STATELESS = words(
    """
    Normalizer Binarizer FunctionTransformer PolynomialFeatures HashingVectorizer
    FeatureHasher AdditiveChi2Sampler RBFSampler GaussianRandomProjection
    SparseRandomProjection HashingEncoder HashingTF PolynomialExpansion VectorAssembler
    ImageDataGenerator Rescaling SentenceTransformer AutoTokenizer BertTokenizer
    BertTokenizerFast WordNetLemmatizer PorterStemmer TweetTokenizer RegexpTokenizer
    SnowballStemmer CountdownTimer
    """
)
COMPOSITES = words(
    """
    Pipeline make_pipeline ColumnTransformer make_column_transformer FeatureUnion make_union
    DataFrameMapper TransformedTargetRegressor
    """
)
SEARCHES = words(
    """
    GridSearchCV RandomizedSearchCV HalvingGridSearchCV HalvingRandomSearchCV BayesSearchCV
    OptunaSearchCV TuneSearchCV TuneGridSearchCV EvolutionaryAlgorithmSearchCV GASearchCV
    TPOTClassifier TPOTRegressor AutoSklearnClassifier AutoSklearnRegressor
    """
)
# Their estimators choose a setting by cross-validation of their own.
OVERSAMPLERS = words(
    """
    SMOTE SMOTENC SMOTEN SMOTENN SMOTEENN SMOTETomek BorderlineSMOTE SVMSMOTE KMeansSMOTE
    ADASYN RandomOverSampler
    """
)
UNDERSAMPLERS = words(
    """
    RandomUnderSampler NearMiss TomekLinks EditedNearestNeighbours
    RepeatedEditedNearestNeighbours AllKNN ClusterCentroids CondensedNearestNeighbour
    OneSidedSelection InstanceHardnessThreshold NeighbourhoodCleaningRule
    """
)
# Splitters: does a part hold rows from everywhere?
SPLITTERS: dict[str, bool | None] = {
    "ShuffleSplit": True,
    "StratifiedShuffleSplit": True,
    "GroupShuffleSplit": True,
    "KFold": None,  # as its argument `shuffle` says
    "StratifiedKFold": None,
    "StratifiedGroupKFold": None,
    "RepeatedKFold": True,
    "RepeatedStratifiedKFold": True,
    "GroupKFold": False,
    "TimeSeriesSplit": False,
    "LeaveOneOut": False,
    "LeavePOut": False,
    "LeaveOneGroupOut": False,
    "LeavePGroupsOut": False,
    "PredefinedSplit": False,
    "MultilabelStratifiedKFold": None,
    "IterativeStratification": None,
    "PurgedKFold": False,
    "PurgedGroupTimeSeriesSplit": False,
    "GroupTimeSeriesSplit": False,
}
BASELINES = words("DummyClassifier DummyRegressor NaiveForecaster")
# Models whose rows stand in the constructor: `OLS(y, X).fit()`.
DATA_FIRST = words(
    """
    OLS GLS WLS GLM Logit Probit MNLogit Poisson NegativeBinomial RLM QuantReg MixedLM
    OrderedModel ARIMA SARIMAX ARMA AutoReg AR VAR ExponentialSmoothing SimpleExpSmoothing
    Holt HoltWintersExponentialSmoothing ols glm logit probit poisson mixedlm quantreg PHReg
    UnobservedComponents ETSModel
    """
)
KERAS = words(
    """
    Sequential Model KerasClassifier KerasRegressor load_model Functional KerasModel
    TabNetClassifier TabNetRegressor
    """
)
STEERING_CALLBACKS = words(
    """
    EarlyStopping ModelCheckpoint ReduceLROnPlateau early_stopping LearningRateReducer
    """
)


def kind_of(cls: str) -> str:
    """Return what a class learns; ``"model"`` where nothing else is known."""
    if cls in LEARNERS:
        return LEARNERS[cls]
    for names, kind in _GROUPS:
        if cls in names:
            return kind
    return "model"


_GROUPS = (
    (STATELESS, "stateless"),
    (COMPOSITES, "composite"),
    (SEARCHES, "search"),
    (OVERSAMPLERS, "oversample"),
    (UNDERSAMPLERS, "undersample"),
    (frozenset(SPLITTERS), "splitter"),
)
