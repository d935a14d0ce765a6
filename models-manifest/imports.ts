/** What a manifest may not name in `imports`: the gate would ignore it, or it would let a pickle do what no model needs. Pure. */

/** sys.stdlib_module_names of CPython 3.10 and 3.12, those of the hosts' images. */
const STANDARD_LIBRARY = new Set(
  `
  __future__ _abc _aix_support _ast _asyncio _bisect _blake2 _bootsubprocess _bz2 _codecs _codecs_cn _codecs_hk _codecs_iso2022
  _codecs_jp _codecs_kr _codecs_tw _collections _collections_abc _compat_pickle _compression _contextvars _crypt _csv _ctypes
  _curses _curses_panel _datetime _dbm _decimal _elementtree _frozen_importlib _frozen_importlib_external _functools _gdbm
  _hashlib _heapq _imp _io _json _locale _lsprof _lzma _markupbase _md5 _msi _multibytecodec _multiprocessing _opcode _operator
  _osx_support _overlapped _pickle _posixshmem _posixsubprocess _py_abc _pydatetime _pydecimal _pyio _pylong _queue _random
  _scproxy _sha1 _sha2 _sha256 _sha3 _sha512 _signal _sitebuiltins _socket _sqlite3 _sre _ssl _stat _statistics _string _strptime
  _struct _symtable _thread _threading_local _tkinter _tokenize _tracemalloc _typing _uuid _warnings _weakref _weakrefset _winapi
  _zoneinfo abc aifc antigravity argparse array ast asynchat asyncio asyncore atexit audioop base64 bdb binascii binhex bisect
  builtins bz2 cProfile calendar cgi cgitb chunk cmath cmd code codecs codeop collections colorsys compileall concurrent
  configparser contextlib contextvars copy copyreg crypt csv ctypes curses dataclasses datetime dbm decimal difflib dis distutils
  doctest email encodings ensurepip enum errno faulthandler fcntl filecmp fileinput fnmatch fractions ftplib functools gc
  genericpath getopt getpass gettext glob graphlib grp gzip hashlib heapq hmac html http idlelib imaplib imghdr imp importlib
  inspect io ipaddress itertools json keyword lib2to3 linecache locale logging lzma mailbox mailcap marshal math mimetypes mmap
  modulefinder msilib msvcrt multiprocessing netrc nis nntplib nt ntpath nturl2path numbers opcode operator optparse os
  ossaudiodev pathlib pdb pickle pickletools pipes pkgutil platform plistlib poplib posix posixpath pprint profile pstats pty pwd
  py_compile pyclbr pydoc pydoc_data pyexpat queue quopri random re readline reprlib resource rlcompleter runpy sched secrets
  select selectors shelve shlex shutil signal site smtpd smtplib sndhdr socket socketserver spwd sqlite3 sre_compile sre_constants
  sre_parse ssl stat statistics string stringprep struct subprocess sunau symtable sys sysconfig syslog tabnanny tarfile telnetlib
  tempfile termios textwrap this threading time timeit tkinter token tokenize tomllib trace traceback tracemalloc tty turtle
  turtledemo types typing unicodedata unittest urllib uu uuid venv warnings wave weakref webbrowser winreg winsound wsgiref xdrlib
  xml xmlrpc zipapp zipfile zipimport zlib zoneinfo
`
    .trim()
    .split(/\s+/),
);

/** They write the code of functions and classes into the file (templates/steps/gate_names.py refuses what such a file imports). */
const BY_VALUE = ["cloudpickle", "dill"];

/** Packages of PyPI with classes that start a program when they are made, as subprocess.Popen does, or that install others. The host's gate has the same list. */
const STARTS_PROGRAMS =
  "billiard eventlet execnet fabric gevent git invoke multiprocess paramiko pexpect pip plumbum psutil ptyprocess pwn pwnlib sarge selenium setuptools sh tornado twisted".split(
    " ",
  );

/** One sentence for each name that does not work. `path` is the manifest's. */
export function importProblems(path: string, imports: readonly string[]): string[] {
  return imports.flatMap((name, index) => {
    const why = reason(name);
    return why === undefined ? [] : [`${path}: imports[${index}]: found ${JSON.stringify(name)}, ${why}`];
  });
}

function reason(name: string): string | undefined {
  if (name === "__main__")
    return "the script that wrote the file, which no host has. Put its classes into a package of the application, write the file again, and name that package.";
  if (STANDARD_LIBRARY.has(name))
    return "a module of Python's standard library: what models need of it is allowed anyway, and the rest could run commands when a file is loaded. Remove it.";
  if (BY_VALUE.includes(name))
    return "which keeps the code of functions in the file itself. Put them into a package of the application, write the file again, and name that package.";
  return STARTS_PROGRAMS.includes(name)
    ? "whose classes start programs, and a file that holds one could run any command when it is loaded. Remove it."
    : undefined;
}
