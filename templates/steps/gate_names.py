"""Which names a pickle may import, and what it may do with them.

Everything that is not listed is refused. CALL: may be called while the file loads, as a constructor is. HOLD: may only be referred to, as a
transformer refers to its function; a file that calls it is refused. Whole scikit-learn is on the list, and of NumPy, SciPy and pandas what
its estimators hold. A manifest's `imports` add other packages by their top-level name.
"""

import re
import sys
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING

CALL = "call"
HOLD = "hold"

# Packages that have a list of their own here: naming them in `imports` changes nothing.
LISTED = {"numpy", "scipy", "sklearn", "pandas", "joblib", "torch"}

_UFUNCS = (
    "abs|absolute|a?(cos|sin|tan)h?|arc(cos|sin|tan)h?|arctan2|atan2|add|bitwise_[a-z_]+|cbrt|ceil|conj|conjugate|copysign|deg2rad|degrees|divide|divmod|equal|exp|exp2|"
    "expm1|fabs|float_power|floor|floor_divide|fmax|fmin|fmod|frexp|gcd|greater|greater_equal|heaviside|hypot|invert|isfinite|isinf|isnan|isnat|"
    "lcm|ldexp|left_shift|less|less_equal|log|log10|log1p|log2|logaddexp2?|logical_[a-z]+|matmul|maximum|minimum|mod|modf|multiply|negative|nextafter|"
    "not_equal|positive|pow|power|rad2deg|radians|reciprocal|remainder|right_shift|rint|sign|signbit|spacing|sqrt|square|subtract|true_divide|trunc"
)
_NUMPY_FUNCTIONS = (
    "nan_to_num|(nan)?(mean|median|std|var|sum|prod|min|max|argmin|argmax|cumsum|cumprod|percentile|quantile)|average|ptp|amin|amax|clip|round|around|fix|ravel|reshape|squeeze|"
    "transpose|expand_dims|concatenate|hstack|vstack|column_stack|where|diff|cumsum|asarray|array|atleast_[123]d|real|imag|angle|unique|sort|argsort|flip|"
    "digitize|interp|dot|outer|count_nonzero|any|all|isclose|isin|tile|repeat|gradient|convolve|correlate|histogram|bincount|log1p"
)
_METRICS = r"sklearn\.metrics\._(classification|regression|ranking)|sklearn\.metrics\.pairwise|sklearn\.metrics\.cluster\._[a-z_]+"

# (modules, names, use), whole names only; the first rule whose modules fit decides about the names it lists.
_RULES = [
    ("builtins", "bool|bytearray|bytes|complex|dict|float|frozenset|int|list|object|range|set|slice|str|tuple|getattr|type|Ellipsis|NotImplemented", CALL),
    ("builtins", "abs|all|any|len|max|min|round|sorted|sum", HOLD),
    ("collections", "OrderedDict|defaultdict|deque|Counter", CALL),
    ("copyreg", "_reconstructor", CALL),
    ("functools", "partial", CALL),
    ("_codecs", "encode", CALL),
    ("re", "_compile", CALL),
    ("datetime", "date|datetime|time|timedelta|timezone", CALL),
    ("decimal", "Decimal", CALL),
    ("fractions", "Fraction", CALL),
    ("uuid", "UUID|SafeUUID", CALL),
    (r"pathlib(\._local)?", "PurePosixPath|PosixPath|PureWindowsPath", CALL),
    (r"joblib\.numpy_pickle", "NumpyArrayWrapper", CALL),
    ("numpy", r"ndarray|matrix|memmap|recarray", HOLD),
    ("numpy", r"dtype|bool_?|u?int(8|16|32|64|p|c)?|u?(byte|short|long|longlong)|float(16|32|64|128)|half|single|double|longdouble|complex(64|128|256)|str_|bytes_|object_|void", CALL),
    ("numpy", "datetime64|timedelta64|integer|floating|number|generic|inexact", CALL),
    ("numpy", f"{_UFUNCS}|{_NUMPY_FUNCTIONS}", HOLD),
    # a distribution of scipy.stats holds some
    ("numpy", "vectorize", CALL),
    (r"numpy\.dtypes", r"[A-Z][A-Za-z0-9]*DType", HOLD),
    (r"numpy\._?core\.multiarray", "_reconstruct|scalar", CALL),
    (r"numpy\._?core\.numeric", "_frombuffer", CALL),
    (r"numpy\.ma(\.core)?", "_mareconstruct", CALL),
    (r"numpy\.ma(\.core)?", "MaskedArray|MaskedConstant", HOLD),
    (r"numpy\.random\._pickle", "__(randomstate|generator|bit_generator)_ctor", CALL),
    (r"numpy\.random\._(mt19937|pcg64|philox|sfc64)", r"MT19937|PCG64(DXSM)?|Philox|SFC64", CALL),
    (r"numpy\.random\._?bit_generator", "SeedSequence|__pyx_unpickle_SeedSequence", CALL),
    (r"scipy\.sparse\._?[a-z]+", r"(bsr|coo|csc|csr|dia|dok|lil)_(matrix|array)", CALL),
    (r"scipy\.special\._(ufuncs|special_ufuncs|ufuncs_cxx)", r"(?!seterr|geterr)[a-z][a-z0-9_]*", HOLD),
    (r"scipy\.stats\._(continuous|discrete)_distns", r"[a-z0-9_]+_gen|rv_histogram", CALL),
    (r"scipy\.stats\._distn_infrastructure", r"rv_(continuous|discrete)?_?frozen|rv_sample", CALL),
    (r"scipy\.stats\._multivariate", r"[a-z_]+_(gen|frozen)|_PSD", CALL),
    (r"scipy\.stats\._covariance", r"Cov[A-Za-z]+", CALL),
    (r"scipy\.interpolate\._[a-z0-9]+", r"BSpline|CubicSpline|PPoly|BPoly|interp1d|PchipInterpolator|Akima1DInterpolator|UnivariateSpline|make_interp_spline", CALL),
    (r"scipy\.spatial\._(ckdtree|kdtree)", "cKDTree|KDTree", CALL),
    ("_loss", r"Cy[A-Z][A-Za-z]*|__pyx_unpickle_Cy[A-Za-z]*", CALL),
    (r"sklearn\.feature_selection\._(univariate_selection|mutual_info)", "f_classif|f_regression|f_oneway|chi2|r_regression|mutual_info_(classif|regression)", HOLD),
    (r"sklearn\.preprocessing\._(data|label)", "scale|minmax_scale|maxabs_scale|robust_scale|normalize|binarize|power_transform|quantile_transform|label_binarize|add_dummy_feature", HOLD),
    (r"sklearn\.feature_extraction\.text", "strip_accents_(unicode|ascii)|strip_tags", HOLD),
    (r"sklearn\.utils\.extmath", "softmax|row_norms|stable_cumsum|density", HOLD),
    (r"sklearn\.utils\.validation", "check_array|check_X_y", HOLD),
    (r"sklearn\.cluster\._kmeans", "_kmeans_single_(lloyd|elkan)", HOLD),
    (_METRICS, r"_?[a-z][a-z0-9_]*", HOLD),
    (r"sklearn\.compose\._column_transformer", "make_column_selector", CALL),
    # Classes are written CapWords; the rest are the constructors of compiled types.
    (r"sklearn(\.[A-Za-z0-9_]+)*", r"_?[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)*|newObj|__pyx_unpickle_[A-Za-z0-9_]+", CALL),
    (r"pandas\.core\.(frame|series)", "DataFrame|Series", CALL),
    (r"pandas\.core\.indexes\.[a-z]+", r"_new_(Index|DatetimeIndex|PeriodIndex|IntervalIndex)", CALL),
    (r"pandas\.core\.indexes\.(base|range|multi|category|datetimes|timedeltas|interval|period|numeric|frozen)", r"[A-Z][A-Za-z0-9]*", CALL),
    (r"pandas\.core\.internals\.(managers|blocks)", r"(Single)?BlockManager|new_block|_unpickle_block", CALL),
    (r"pandas\.core\.arrays\.(categorical|integer|floating|boolean|string_|datetimes|timedeltas|interval|period|numpy_|masked|sparse\.(array|dtype))", r"[A-Z][A-Za-z0-9]*", CALL),
    (r"pandas\.core\.dtypes\.dtypes", r"[A-Z][A-Za-z0-9]*Dtype|[A-Z][A-Za-z0-9]*DtypeType", CALL),
    (r"pandas\._libs\.(arrays|internals|interval|sparse)", r"_unpickle_block|__pyx_unpickle_[A-Za-z_]+|(Int|Block)Index|Interval|BlockPlacement", CALL),
    (r"pandas\._libs\.tslibs\.(timestamps|timedeltas|nattype|period|offsets|dtypes|timezones)", r"_unpickle_timestamp|_timedelta_unpickle|_nat_unpickle|[A-Z][A-Za-z]*|__pyx_unpickle_[A-Za-z_]+", CALL),
    (r"pandas\._libs\.missing", "NA|NAType", CALL),
]
# What there is inside of the packages above that reads or writes files, runs text, or exists for tests.
_REFUSED = re.compile(
    r"sklearn\.(datasets|externals|tests|conftest|experimental|_build_utils|__check_build|_min_dependencies)(\.|$)"
    r"|sklearn\.utils\.(_testing|parallel|_joblib|estimator_checks|_test_common|_mocking|_repr_html|_estimator_html_repr|_plotting|_show_versions|deprecation)(\.|$)"
    r"|(^|\.)(tests|conftest)(\.|$)"
)
# With `imports: [torch]`: tensors and the modules that torch itself defines; torch.load and all that runs code stay out.
_TORCH = [
    (r"torch(\.storage)?", r"[A-Z][a-z0-9]*Storage|UntypedStorage|TypedStorage|Size|device|dtype|u?int(8|16|32|64)|float(16|32|64)|bfloat16|double|half|bool", CALL),
    (r"torch\._utils", r"_rebuild_[a-z0-9_]+", CALL),
    (r"torch\._tensor", r"_rebuild_from_type_v2", CALL),
    (r"torch\.nn\.parameter", "Parameter|Buffer|_rebuild_parameter", CALL),
    (r"torch\.nn\.modules\.[a-z]+", r"[A-Z][A-Za-z0-9]*", CALL),
]
_CAPWORDS = re.compile(r"_?[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)*")
_REBUILDS = re.compile(r"_?_?(rebuild|reconstruct|unpickle|pyx_unpickle|make|new|from_state)[A-Za-z0-9_]*")
_DUMPED_BY_VALUE = ("cloudpickle", "dill", "types", "marshal")
# Packages of PyPI with classes that start a program when they are made, as subprocess.Popen does, or that install others. models-manifest/imports.ts
# refuses them in a manifest already, by the same list.
STARTS_PROGRAMS = set(
    "billiard eventlet execnet fabric gevent git invoke multiprocess paramiko pexpect pip plumbum psutil ptyprocess pwn pwnlib sarge selenium setuptools sh tornado twisted".split()
)


def _matches(rules, module, name):
    for modules, names, use in rules:
        if re.fullmatch(modules, module) and re.fullmatch(names, name):
            return use
    return None


def current_names(module, name):
    """The names of Python 3 for those of a pickle, and the names as they stand: an unpickler may look up either."""
    module2, name2 = NAME_MAPPING.get((module, name), (IMPORT_MAPPING.get(module, module), name))
    return {(module, name), (module2, name2)} if module not in ("__builtin__", "copy_reg") else {(module2, name2)}


class Names:
    """The allow-list of one manifest. `imports` are the top-level modules that it names."""

    def __init__(self, imports=()):
        self.imports = set(imports) - LISTED - set(sys.stdlib_module_names) - STARTS_PROGRAMS - {"__main__", *_DUMPED_BY_VALUE}
        self.torch = "torch" in imports

    def use(self, module, name):
        """CALL, HOLD, or None for a name that is refused."""
        uses = {self._use(*pair) for pair in current_names(module, name)}
        if None in uses:
            return None
        return HOLD if HOLD in uses else CALL

    def _use(self, module, name):
        # A dotted name walks through attributes: "sklearn", "utils.os.system".
        if not name.isidentifier() or not all(part.isidentifier() for part in module.split(".")):
            return None
        root = module.split(".")[0]
        if root in self.imports:
            return CALL
        if root == "torch":
            return _matches(_TORCH, module, name) if self.torch else None
        if _REFUSED.search(module):
            return None
        return _matches(_RULES, module, name)

    def problem_of_object(self, module, name, found, own_folders):
        """What is wrong with what a name led to, or None: the name alone does not say where something was defined."""
        root = module.split(".")[0]
        if isinstance(found, type(sys)):
            return "is a module"
        home = getattr(found, "__module__", None) or module
        if _REFUSED.search(home):
            return f"comes from {home}"
        if root not in self.imports:
            roots = {pair[0].split(".")[0] for pair in current_names(module, name)}
            return None if home.split(".")[0] in {*roots, "builtins", "_loss"} or root == "_loss" else f"comes from {home}"
        if home.split(".")[0] != root:
            return f"comes from {home}, not from {root}"
        own = (getattr(sys.modules.get(root), "__file__", None) or "").startswith(tuple(own_folders) or ("\0",))
        if own or isinstance(found, type) or _REBUILDS.fullmatch(name):
            return None
        return f"is a function of {root}; of installed packages only classes may be called"

    def reason(self, module, name):
        """One sentence for a reader who has to do something about a refused name."""
        module, name = sorted(current_names(module, name))[-1]
        root = module.split(".")[0]
        what = f"imports {module}.{name}"
        if root == "__main__":
            return f"{what}: it was defined in the script that wrote the file, which no service has. Put it into a package of the application and write the file again"
        if root in _DUMPED_BY_VALUE:
            return f"{what}: it holds the code of a function or a class itself (a lambda?). Put that into a package of the application, by name, and write the file again"
        if root in STARTS_PROGRAMS:
            return f"{what}, and the classes of {root} start programs: it could run any command when it is loaded"
        if root in LISTED and root != "torch":
            return f"{what}, which no estimator of scikit-learn needs: it could run code when it is loaded"
        if root in sys.stdlib_module_names or not root.isidentifier() or "." in name:
            return f"{what}, which no model needs: it could run code when it is loaded"
        return f'{what}, and the manifest does not name {root}. If you trust all of that package, add "{root}" to the manifest\'s imports: npm run models -- add FILE --import {root}'
