"""Fitted objects of scikit-learn as users save them: every estimator that there is, and what they hold inside of searches and pipelines."""

import warnings

import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.special import expit
from sklearn import ensemble, feature_selection, linear_model, model_selection, neighbors, pipeline, preprocessing, svm, tree
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_selector
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.metrics import f1_score, make_scorer
from sklearn.metrics.pairwise import laplacian_kernel
from sklearn.utils import Bunch, all_estimators
from sklearn.utils._test_common.instance_generator import _construct_instances

RNG = np.random.RandomState(0)
X = RNG.rand(60, 4)
Y = (X[:, 0] + X[:, 1] > 1).astype(int)
TEXTS = ["a good day", "a bad night", "good night", "a day as bad as any"] * 5
FRAME = pd.DataFrame(
    {
        "colour": pd.Categorical(["red", "green", "blue"] * 20),
        "count": pd.array([1, 2, None] * 20, dtype="Int64"),
        "share": pd.array([0.5, None, 0.25] * 20, dtype="Float64"),
        "flag": pd.array([True, False, None] * 20, dtype="boolean"),
        "name": pd.array(["x", None, "y"] * 20, dtype="string"),
        "when": pd.date_range("2026-01-01", periods=60),
        "value": X[:, 0],
    }
)


def fitted(estimator):
    """Fitted on whichever of the small data sets it takes; unfitted where it takes none, which pickles its parameters at least."""
    for arguments in ((X, Y), (X,), (np.abs(X[:, 0]), Y), (TEXTS,), ([{"a": 1.0, "b": 2.0}],), (X, np.column_stack([Y, 1 - Y])), (Y,)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return estimator.fit(*arguments)
        except Exception:  # another data set may do
            continue
    return estimator


def every_estimator():
    """name -> fitted object"""
    found = {}
    for name, kind in all_estimators():
        try:
            instances = list(_construct_instances(kind))
        except Exception:  # scikit-learn's own tests skip it for the same reason
            continue
        found.update({f"{name}{'' if index == 0 else index}": fitted(one) for index, one in enumerate(instances[:1])})
    return found


def composites():
    numbers = pipeline.make_pipeline(SimpleImputer(), preprocessing.FunctionTransformer(np.log1p), preprocessing.StandardScaler())
    columns = ColumnTransformer(
        [("n", numbers, make_column_selector(dtype_include="float64")), ("c", preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["colour"])]
    )
    forest = ensemble.RandomForestClassifier(3, random_state=0)
    return {
        "pipeline": pipeline.Pipeline([("s", preprocessing.StandardScaler()), ("m", linear_model.LogisticRegression())]).fit(X, Y),
        "columns": pipeline.make_pipeline(columns, forest).fit(FRAME, Y),
        "columns-pandas": columns.set_output(transform="pandas").fit(FRAME),
        "grid": model_selection.GridSearchCV(forest, {"max_depth": [1, None]}, cv=2, scoring=make_scorer(f1_score)).fit(X, Y),
        "random-search": model_selection.RandomizedSearchCV(
            linear_model.SGDClassifier(max_iter=5), {"alpha": stats.loguniform(1e-4, 1), "eta0": stats.uniform(0.1, 1), "n_iter_no_change": stats.randint(1, 5)}, n_iter=2, cv=2, random_state=0
        ).fit(X, Y),
        "halving-cv": model_selection.GridSearchCV(svm.SVC(), {"C": stats.expon(scale=1).rvs(2, random_state=0)}, cv=model_selection.StratifiedKFold(2)).fit(X, Y),
        "f_classif": feature_selection.SelectKBest(feature_selection.f_classif, k=2).fit(X, Y),
        "chi2": feature_selection.SelectPercentile(feature_selection.chi2).fit(X, Y),
        "mutual": feature_selection.SelectKBest(feature_selection.mutual_info_classif, k=2).fit(X, Y),
        "f_regression": feature_selection.GenericUnivariateSelect(feature_selection.f_regression).fit(X, X[:, 0]),
        "function-log": preprocessing.FunctionTransformer(np.log1p, inverse_func=np.expm1),
        "function-sqrt": preprocessing.FunctionTransformer(np.sqrt),
        "function-expit": preprocessing.FunctionTransformer(expit),
        "function-nan": preprocessing.FunctionTransformer(np.nan_to_num),
        "function-clip": preprocessing.FunctionTransformer(np.clip, kw_args={"a_min": 0, "a_max": 1}),
        "function-normalize": preprocessing.FunctionTransformer(preprocessing.normalize),
        "spline": preprocessing.SplineTransformer().fit(X),
        "quantile": preprocessing.QuantileTransformer(n_quantiles=10).fit(X),
        "power": preprocessing.PowerTransformer().fit(X),
        "tfidf": TfidfVectorizer(ngram_range=(1, 2)).fit(TEXTS),
        "count-lower": CountVectorizer(preprocessor=str.lower, stop_words="english").fit(TEXTS),
        "hashing": HashingVectorizer(n_features=16),
        "text-pipeline": pipeline.make_pipeline(TfidfVectorizer(), TruncatedSVD(2), linear_model.LogisticRegression()).fit(TEXTS, [0, 1] * 10),
        "svm-kernel": svm.SVC(kernel=laplacian_kernel, probability=True, random_state=0).fit(X, Y),
        "gaussian": GaussianProcessRegressor(ConstantKernel() * RBF() + WhiteKernel(), random_state=0).fit(X, X[:, 0]),
        "gaussian-class": GaussianProcessClassifier(RBF()).fit(X, Y),
        "neighbours-tree": neighbors.KNeighborsClassifier(algorithm="kd_tree", metric="minkowski").fit(X, Y),
        "neighbours-ball": neighbors.KNeighborsClassifier(algorithm="ball_tree", metric="manhattan").fit(X, Y),
        "neighbours-sparse": neighbors.KNeighborsClassifier().fit(sparse.csr_matrix(X), Y),
        "histogram-boosting": ensemble.HistGradientBoostingClassifier(max_iter=3, categorical_features="from_dtype").fit(FRAME[["colour", "value"]], Y),
        "boosting": ensemble.GradientBoostingClassifier(n_estimators=3, random_state=0).fit(X, Y),
        "stacking": ensemble.StackingClassifier([("t", tree.DecisionTreeClassifier()), ("l", linear_model.LogisticRegression())], cv=2).fit(X, Y),
        "voting": ensemble.VotingClassifier([("t", tree.DecisionTreeClassifier()), ("l", linear_model.LogisticRegression())], voting="soft").fit(X, Y),
        "string-labels": forest.__class__(3).fit(X, np.where(Y == 1, "yes", "no").astype(object)),
        "target": TransformedTargetRegressor(linear_model.Ridge(), func=np.log1p, inverse_func=np.expm1).fit(X, X[:, 0]),
        "imputer": KNNImputer().fit(np.where(X > 0.9, np.nan, X)),
        "features": pipeline.FeatureUnion([("p", PCA(2)), ("k", feature_selection.SelectKBest(k=1))]).fit(X, Y),
        "tuned": model_selection.TunedThresholdClassifierCV(linear_model.LogisticRegression(), cv=2).fit(X, Y),
        "frame": FRAME,
        "series": FRAME.set_index(["colour", "when"])["value"],
        "frame-periods": pd.DataFrame({"p": pd.period_range("2026-01", periods=3, freq="M"), "d": pd.to_timedelta([1, 2, 3], unit="h")}),
        "frame-intervals": pd.Series(pd.cut(X[:, 0], 3)),
        "frame-sparse": pd.DataFrame({"s": pd.arrays.SparseArray([0, 0, 1])}),
        "index": pd.Index(["a", "b"]),
        "masked": np.ma.masked_array([1.0, 2.0], mask=[True, False]),
        "structured": np.zeros(3, dtype=[("a", "<f8"), ("b", "<i4", (2,))]),
        "strings": np.array(["a", "bcd"]),
        "objects": np.array([{"a": 1}, [1, 2], None], dtype=object),
        "dates": np.array(["2026-01-01"], dtype="datetime64[D]"),
        "sparse": [sparse.csr_matrix(X), sparse.coo_array(X), sparse.dok_matrix((2, 2)), sparse.lil_matrix((2, 2)), sparse.dia_matrix((2, 2)), sparse.bsr_matrix(X)],
        "generators": [np.random.default_rng(1), np.random.RandomState(1), np.random.SeedSequence(1)],
        "distributions": [stats.norm(0, 1), stats.beta(1, 2), stats.poisson(3), stats.gamma(2), stats.lognorm(1), stats.multivariate_normal([0, 0])],
        "scalars": [np.float64(1), np.int32(2), np.bool_(True), np.str_("a"), np.datetime64("2026-01-01"), 1 + 2j, {1, 2}, frozenset([3]), range(3), slice(1), bytearray(b"x"), type(None)],
        "bundle": Bunch(model=KMeans(2, n_init=1).fit(X), names=["a"]),
    }


def objects():
    return {**every_estimator(), **composites()}
