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


def comes_or_goes(name):
    """Whether some Python 3 lacks a name of the standard library."""
    return name in SINCE or name in UNTIL


def span_of(name):
    """The minor versions from which on it is there, and no longer is; None of either that is not known."""
    return {"since": SINCE.get(name), "until": UNTIL.get(name)}
