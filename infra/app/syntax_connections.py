"""Databases, caches and queues at the host's own address, and whether an application certainly connects to them when it starts: told from syntax trees. Standard library only."""

import ast
import re
from collections import namedtuple
from itertools import chain

from syntax_names import keyword, nodes, origin, reads_variable, terminal
from syntax_fields import field_of, is_plain
from syntax_settings import variable_of
from syntax_values import first_name, local_of

# What a call connects to: the service, its usual port, the keywords of a host or a whole address (else it is the first argument), the host without one,
# and, of a client that connects once it is asked for something, the methods that ask at once.
_Service = namedtuple("_Service", "name port keywords usual asks", defaults=[()])
# What connects whenever it is called.
_DSN = ("host", "dsn", "conninfo")
_EAGER = {
    "psycopg2.connect": _Service("PostgreSQL", 5432, _DSN, None),
    "psycopg.connect": _Service("PostgreSQL", 5432, _DSN, None),
    "asyncpg.connect": _Service("PostgreSQL", 5432, _DSN, None),
    "asyncpg.create_pool": _Service("PostgreSQL", 5432, _DSN, None),
    "pymysql.connect": _Service("MySQL", 3306, ("host",), "localhost"),
    "MySQLdb.connect": _Service("MySQL", 3306, ("host",), "localhost"),
    "mysql.connector.connect": _Service("MySQL", 3306, ("host",), "localhost"),
    "aiomysql.connect": _Service("MySQL", 3306, ("host",), "localhost"),
    "aiomysql.create_pool": _Service("MySQL", 3306, ("host",), "localhost"),
    "aio_pika.connect": _Service("RabbitMQ", 5672, ("host", "url"), "localhost"),
    "aio_pika.connect_robust": _Service("RabbitMQ", 5672, ("host", "url"), "localhost"),
    "nats.connect": _Service("NATS", 4222, ("servers",), "localhost"),
}
_AWAITED = ("asyncpg.", "aiomysql.", "aio_pika.", "nats.", "redis.asyncio.", "sqlalchemy.ext.asyncio.", "motor.")
# What connects once it is asked for something.
_REDIS = frozenset("ping get set setex hget hset hgetall info keys exists delete flushdb flushall lpush rpush incr publish expire mget config_get client_list dbsize".split())
_MONGO = frozenset("command server_info list_database_names list_collection_names create_index insert_one insert_many find_one count_documents".split())
_ENGINE = frozenset(("connect", "begin"))
_LAZY = {
    **{f"redis.{name}": _Service("Redis", 6379, ("host",), "localhost", _REDIS) for name in ("Redis", "StrictRedis", "asyncio.Redis", "asyncio.StrictRedis")},
    **{f"redis.{name}": _Service("Redis", 6379, ("url",), None, _REDIS) for name in ("from_url", "Redis.from_url", "asyncio.from_url", "asyncio.Redis.from_url")},
    "pymongo.MongoClient": _Service("MongoDB", 27017, ("host",), "localhost", _MONGO),
    "motor.motor_asyncio.AsyncIOMotorClient": _Service("MongoDB", 27017, ("host",), "localhost", _MONGO),
    "sqlalchemy.create_engine": _Service("", 0, ("url",), None, _ENGINE),
    "sqlmodel.create_engine": _Service("", 0, ("url",), None, _ENGINE),
    "sqlalchemy.ext.asyncio.create_async_engine": _Service("", 0, ("url",), None, _ENGINE),
}
_OF_PIKA = {
    "pika.ConnectionParameters": _Service("RabbitMQ", 5672, ("host",), "localhost"),
    "pika.URLParameters": _Service("RabbitMQ", 5672, ("url",), None),
}
# They take the place of the address.
_OTHER_WAYS = ("unix_socket_path", "unix_socket", "read_default_file", "service", "connection_pool", "creator", "default_file", "option_files")
_OWN = re.compile(r"^(?:\w[\w+.]*://)?(?:[^\s/@]*@)?(localhost|127\.0\.0\.1|\[?::1\]?|0\.0\.0\.0)(?::(\d+))?(?=[/?,]|$)")
_OF_A_DSN = re.compile(r"\bhost\s*=\s*(\S+)")
_KINDS = {"postgres": ("PostgreSQL", 5432), "postgresql": ("PostgreSQL", 5432), "mysql": ("MySQL", 3306), "mariadb": ("MySQL", 3306)}
_DEPTH = 8


# Types of an address or a secret that are made of a text, and what gives the text back.
_OF_TEXT = re.compile(r"^(?:str|SecretStr|\w*(?:Dsn|DSN|Url|URL|make_url))$")
_TO_TEXT = ("unicode_string", "get_secret_value")


def _same_text(call):
    """What str(x), RedisDsn(x) or x.get_secret_value() says the same as; None of another call."""
    if call.keywords:
        return None
    if isinstance(call.func, ast.Attribute) and call.func.attr in _TO_TEXT:
        return None if call.args else call.func.value
    return call.args[0] if len(call.args) == 1 and _OF_TEXT.match(terminal(call.func) or "") else None


class _Addresses:
    """What an expression says, with the variables of the environment that may say otherwise."""

    def __init__(self, values):
        self.values = values

    def of(self, path, node, names, depth=0):
        """(text, variables); None of what is not known. What is not known within a longer text is a ?, which no host is."""
        if depth > _DEPTH or node is None:
            return None
        said = self.values.text(path, node, names)
        if said is not None:
            return said, ()
        if isinstance(node, ast.Call):
            same = _same_text(node)
            return self._read(path, node, names, depth) if same is None else self.of(path, same, names, depth + 1)
        if isinstance(node, ast.JoinedStr):
            parts = [self.of(path, one.value if isinstance(one, ast.FormattedValue) else one, names, depth + 1) or ("?", ()) for one in node.values]
            return "".join(text for text, _ in parts), tuple(name for _, more in parts for name in more)
        if isinstance(node, ast.List) and len(node.elts) == 1:
            return self.of(path, node.elts[0], names, depth + 1)
        local = local_of(node, names)
        if local is not None:
            return self.of(*local, depth + 1)
        if isinstance(node, (ast.Name, ast.Attribute)) and first_name(node) not in names:
            found = self.values.assigned(path, node)
            return self._field(path, node, depth) if found is None else self.of(*found, (), depth + 1)
        return None

    def _field(self, path, node, depth):
        """What a class of settings says of an attribute: pydantic-settings reads the variable of its name before."""
        found = field_of(self.values, path, node) if isinstance(node, ast.Attribute) else None
        if found is None:
            return None
        file, made, field = found
        if is_plain(made):
            return self.of(file, field.value, (), depth + 1)
        variable, default = variable_of(made, field)
        said = None if default is None else self.of(file, default, (), depth + 1)
        return None if said is None else (said[0], (variable, *said[1]))

    def _read(self, path, node, names, depth):
        """os.getenv(NAME, DEFAULT) and os.environ.get(NAME, DEFAULT)."""
        variable = self.values.text(path, node.args[0], names) if reads_variable(node) and len(node.args) == 2 and not node.keywords else None
        default = None if variable is None else self.of(path, node.args[1], names, depth + 1)
        return None if default is None else (default[0], (variable, *default[1]))


class Connections:
    """values: syntax_values.py; runs: calls of each module that certainly run (syntax_followed.py)"""

    def __init__(self, values, runs):
        self.values, self.runs = values, runs
        self.addresses = _Addresses(values)

    def found(self):
        """{path, line, service, address, variables, at, certain} of each that is at the host's own address."""
        seen, made = set(), []
        for at, file, call, names in chain.from_iterable(self.runs.values()):
            if id(call) in seen:
                continue
            seen.add(id(call))
            maker, own = self._maker(file, call, names)
            if maker is not None:
                made.append({"path": file, "line": call.lineno, "at": at, "certain": True, **own, "maker": maker})
            elif (own := self._client(file, call, names)) is not None:
                made.append({"path": file, "line": call.lineno, "at": at, "certain": False, **own, "maker": id(call)})
        asked = {one["maker"] for one in made if one["certain"]}
        return [{key: value for key, value in one.items() if key != "maker"} for one in made if one["certain"] or one["maker"] not in asked]

    def _name(self, path, call):
        return origin(self.values.folder.parsed(path), call.func)

    def _maker(self, path, call, names):
        """(the call that makes the client, its address) where this call certainly connects."""
        name = self._name(path, call)
        if name in _EAGER and self._is_waited_for(path, name, call):
            return self._of(call, self._address(path, call, names, _EAGER[name]))
        if name == "pika.BlockingConnection":
            return self._of(call, self._pika(path, call.args[0] if call.args else keyword(call, "parameters"), names))
        asks = terminal(call.func)
        client = call.func.value if isinstance(call.func, ast.Attribute) else None
        if asks == "create_all" and isinstance(client, ast.Attribute) and client.attr == "metadata" or asks == "create_all" and isinstance(client, ast.Name):
            asks, client = "connect", call.args[0] if call.args else keyword(call, "bind")
        file, maker, inner = self._made_by(path, client, names) if isinstance(client, ast.Attribute) else (None, None, None)
        while maker is None and isinstance(client, (ast.Attribute, ast.Subscript)):
            client = client.value
        file, maker, inner = (file, maker, inner) if maker is not None else self._made_by(path, client, names)
        if maker is None or asks not in _LAZY[self._name(file, maker)].asks or not self._is_waited_for(path, self._name(file, maker), call):
            return None, None
        return self._of(maker, self._client(file, maker, inner))

    @staticmethod
    def _of(maker, own):
        """The same of an address that may be None."""
        return (id(maker), own) if own is not None else (None, None)

    def _is_waited_for(self, path, name, call):
        """Whether what is called runs: a coroutine does so when it is awaited."""
        if not name.startswith(_AWAITED):
            return True
        tree = self.values.folder.parsed(path)
        waits = [one.value for one in nodes(tree) if isinstance(one, ast.Await)]
        waits += [item.context_expr for one in nodes(tree) if isinstance(one, ast.AsyncWith) for item in one.items]
        return any(one is call for one in waits)

    def _made_by(self, path, node, names, depth=0):
        """(file, call, names) that made a client; None in place of what is not known."""
        if isinstance(node, ast.Call):
            return (path, node, names) if self._name(path, node) in _LAZY else (None, None, None)
        local = local_of(node, names)
        if local is not None and depth < _DEPTH:
            return self._made_by(*local, depth + 1)
        if isinstance(node, ast.Attribute) and depth < _DEPTH:
            held = self._held(path, node)
            return (None, None, None) if held is None else self._made_by(path, held, names, depth + 1)
        known = isinstance(node, ast.Name) and node.id not in names
        found = self.values.assigned(path, node) if known else None
        return self._made_by(*found, (), depth + 1) if found is not None and depth < _DEPTH else (None, None, None)

    def _held(self, path, node):
        """What an attribute such as `app.state.redis` is given by the one line of all the folder that gives it anything."""
        if self.values.stored_attributes()[node.attr] != 1:
            return None
        given = [one for one in nodes(self.values.folder.parsed(path)) if isinstance(one, ast.Assign) and len(one.targets) == 1]
        return next((one.value for one in given if ast.dump(one.targets[0]).replace("Store()", "Load()") == ast.dump(node)), None)

    def _client(self, path, call, names):
        service = _LAZY.get(self._name(path, call))
        return None if service is None else self._address(path, call, names, service)

    def _pika(self, path, node, names):
        service = _OF_PIKA.get(self._name(path, node)) if isinstance(node, ast.Call) else None
        return None if service is None else self._address(path, node, names, service)

    def _address(self, path, call, names, service):
        """{service, address, variables} of a call; None of another address than the host's own, and of one that is not known."""
        if any(one.arg is None or one.arg in _OTHER_WAYS for one in call.keywords) or any(isinstance(one, ast.Starred) for one in call.args):
            return None
        given = keyword(call, *service.keywords)
        given = call.args[0] if given is None and call.args else given
        if given is None:
            found = None if service.usual is None else (service.usual, ())
        else:
            found = self.addresses.of(path, given, names)
        if found is None:
            return None
        text, variables = found
        of_dsn = _OF_A_DSN.search(text)
        at = _OWN.match(of_dsn.group(1) if of_dsn else text)
        if at is None:
            return None
        kind, usual_port = _KINDS.get(text.partition("://")[0].partition("+")[0], (service.name, service.port))
        if kind == "":
            return None
        written = keyword(call, "port") if at.group(2) is None else None
        own_port = at.group(2) or (str(written.value) if isinstance(written, ast.Constant) and isinstance(written.value, int) else str(usual_port) if written is None else "")
        return {"service": kind, "address": f"{at.group(1)}{':' if own_port else ''}{own_port}", "variables": list(variables)}
