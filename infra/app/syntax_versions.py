"""What came into Python's standard library, or left it, with which minor version of Python 3: from its release notes."""

SINCE = {
    **dict.fromkeys(
        "tomllib wsgiref.types enum.StrEnum enum.ReprEnum enum.verify datetime.UTC asyncio.TaskGroup asyncio.Runner asyncio.timeout asyncio.Barrier "
        "typing.Self typing.LiteralString typing.Never typing.NotRequired typing.Required typing.Unpack typing.TypeVarTuple typing.assert_never "
        "typing.assert_type typing.reveal_type typing.dataclass_transform typing.get_overloads typing.clear_overloads contextlib.chdir "
        "hashlib.file_digest logging.getLevelNamesMapping operator.call".split(),
        11,
    ),
    **dict.fromkeys("typing.override typing.TypeAliasType itertools.batched collections.abc.Buffer calendar.Month calendar.Day".split(), 12),
    **dict.fromkeys("warnings.deprecated copy.replace typing.TypeIs typing.ReadOnly typing.NoDefault typing.get_protocol_members queue.ShutDown".split(), 13),
    **dict.fromkeys("annotationlib compression compression.zstd concurrent.interpreters string.templatelib pathlib.types".split(), 14),
}

UNTIL = {
    **dict.fromkeys("collections.Mapping collections.MutableMapping collections.Iterable collections.Callable collections.Sequence collections.Hashable".split(), 10),
    **dict.fromkeys("asyncio.coroutine inspect.getargspec".split(), 11),
    **dict.fromkeys("configparser.SafeConfigParser pkgutil.ImpImporter".split(), 12),
    **dict.fromkeys("asynchat asyncore imp smtpd".split(), 12),
    **dict.fromkeys("aifc audioop cgi cgitb chunk crypt imghdr mailcap msilib nis nntplib ossaudiodev pipes sndhdr spwd sunau telnetlib uu xdrlib lib2to3".split(), 13),
}

# What uvicorn itself imports: a module of the application with such a name is taken in its place where the process begins in the application's folder.
OF_THE_SERVER = frozenset(
    "abc asyncio calendar collections contextlib copy dataclasses datetime email enum functools html http inspect io json logging numbers operator os pathlib platform "
    "queue random re secrets select selectors signal socket ssl statistics string struct subprocess tempfile threading time token tokenize types typing urllib uuid warnings weakref".split()
)

# What FastAPI and the packages that it brings take of modules that nothing has imported before the application is; a file of that name at the top comes first
# (each tried with FastAPI 0.115.6 and 0.165.0, uvicorn 0.34.0 and 0.54.0, and an empty file).
TAKEN_BY_FASTAPI = {"dataclasses": "dataclass", "decimal": "Decimal", "fractions": "Fraction", "hmac": "compare_digest", "mimetypes": "guess_type", "numbers": "Number", "secrets": "token_hex", "sysconfig": "get_platform", "zoneinfo": "ZoneInfo"}

# What Python, uvicorn and what it imports take of modules before the application is imported. Files below src/ come before Python's own then, because that folder
# is on PYTHONPATH (each tried with uvicorn 0.34.0 and 0.54.0 on Python 3.11, and an empty file). Modules that some builds of Python have in the interpreter are left out.
TAKEN_BY_THE_SERVER = {
    **{"collections": "namedtuple", "concurrent": "futures", "contextlib": "contextmanager", "email": "utils", "enum": "IntEnum", "functools": "wraps", "http": "HTTPStatus"},
    **{"importlib": "machinery", "inspect": "isclass", "keyword": "iskeyword", "logging": "getLogger", "multiprocessing": "context", "operator": "itemgetter", "pathlib": "Path"},
    **{"re": "compile", "selectors": "SelectSelector", "signal": "SIGINT", "socket": "socket", "ssl": "PROTOCOL_TLS_SERVER", "string": "Template", "subprocess": "PIPE"},
    **{"threading": "RLock", "token": "EXACT_TOKEN_TYPES", "types": "MappingProxyType", "typing": "Any", "urllib": "parse", "weakref": "WeakSet"},
}
# The same of FastAPI, where they are not imported by then (FastAPI 0.115.6 and 0.165.0).
TAKEN_WITH_FASTAPI = {**TAKEN_BY_FASTAPI, "datetime": "datetime", "platform": "system", "random": "Random", "uuid": "UUID"}


def comes_or_goes(name):
    """Whether some Python 3 lacks a name of the standard library."""
    return name in SINCE or name in UNTIL


def span_of(name):
    """The minor versions from which on it is there, and no longer is; None of either that is not known."""
    return {"since": SINCE.get(name), "until": UNTIL.get(name)}
