"""What is inside of a model file: the places where a pickle may be, whatever the file is called."""

import ast
import bz2
import gzip
import io
import lzma
import os
import shutil
import struct
import tempfile
import zipfile
import zlib

from gate_scan import WRAPPER, BytesBehind, Scan
from gate_watch import Refused

PICKLED = ("pickle", "joblib")
_MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x5d\x00\x00", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
_NUMPY = b"\x93NUMPY"


class CannotLook(Exception):
    """This machine lacks what it takes; another one may have it."""


class _Inflated(io.RawIOBase):
    """A zlib stream as a file."""

    def __init__(self, path):
        self.file = open(path, "rb")
        self.inflate = zlib.decompressobj()

    def readable(self):
        return True

    def close(self):
        self.file.close()
        super().close()

    def readinto(self, buffer):
        while not self.inflate.eof:
            chunk = self.inflate.unconsumed_tail or self.file.read(1 << 16)
            if chunk == b"":
                raise EOFError("the compressed stream is cut off")
            data = self.inflate.decompress(chunk, len(buffer))
            if data:
                buffer[: len(data)] = data
                return len(data)
        return 0


def compression_of(path):
    with open(path, "rb") as file:
        start = file.read(6)
    for magic, name in _MAGIC:
        if start.startswith(magic):
            return name
    if len(start) > 1 and start[0] == 0x78 and (start[0] << 8 | start[1]) % 31 == 0:
        return "zlib"
    return None


def opened(path, compression):
    if compression == "gzip":
        return io.BufferedReader(gzip.open(path))
    if compression == "bz2":
        return io.BufferedReader(bz2.open(path))
    if compression in ("xz", "lzma"):
        return io.BufferedReader(lzma.open(path))
    if compression == "zlib":
        return io.BufferedReader(_Inflated(path))
    if compression == "lz4":
        try:
            import lz4.frame
        except ImportError:
            raise CannotLook("is compressed with lz4, and the package lz4 is not installed here") from None
        return io.BufferedReader(lz4.frame.open(path))
    if compression == "zstd":
        raise CannotLook("is compressed with zstd, which joblib does not read")
    return open(path, "rb")


class Places:
    """What was found in a file. `complete`: the whole stream is pickles; `joblib`: pickles with joblib's arrays between;
    `contained`: pickles inside of an archive or an array."""

    def __init__(self):
        self.problems = []
        self.imported = set()
        self.versions = set()
        self.calls = 0
        self.complete = False
        self.joblib = False
        self.contained = False
        self.cannot = None
        self.error = "nothing of it is a pickle"

    def refuse(self, why):
        self.problems.append(why)
        self.calls += 1

    def take(self, scan):
        self.imported |= scan.imported
        self.versions |= scan.watch.versions
        self.calls += scan.watch.calls
        self.problems += [problem for problem in scan.problems() if problem not in self.problems]

    @property
    def pickled(self):
        """Would loading it as a pickle do anything, or anything of use?"""
        return bool(self.problems and self.calls) or self.joblib or self.contained or (self.complete and bool(self.imported))


def _in_words(error):
    """What the unpickler's error means to whoever made the file."""
    text = str(error)
    if isinstance(error, BytesBehind):
        return "behind the end of a whole pickle it has bytes that are none, which a loader never reads: write it again, without them"
    if isinstance(error, (EOFError, lzma.LZMAError, zlib.error)) or any(part in text for part in ("truncated", "ran out of input", "would overflow", "Compressed file ended", "end-of-stream")):
        return "it is cut off, or was never a pickle: write or fetch it again"
    if "invalid load key" in text and any(repr(chr(magic[0])) in text for magic, _ in _MAGIC):
        return "it is compressed twice, which joblib does not read: compress it once"
    return "its bytes mean nothing to Python's unpickler: write it again"


def _try(scan, places, work):
    """Whether `work` went through to the end; what it found is kept either way."""
    try:
        work()
        return True
    except Refused as refusal:
        # a refusal behind nothing but text is text: `cat` is an import to an unpickler
        if scan.imported:
            places.refuse(str(refusal))
    except CannotLook as lack:
        places.cannot = str(lack)
    except MemoryError:
        raise
    except Exception as error:  # whatever: broken pickles raise anything
        places.error = _in_words(error)
    finally:
        places.take(scan)
    return False


def look(path, names, ask_joblib):
    """
    All places of a file. Nothing is imported or executed.
    ask_joblib: leave joblib's arrays to joblib itself, which is asked afterwards.
    """
    places = Places()
    compression = compression_of(path)
    for how in {None: None, compression: None}:
        scan = Scan(names)
        try:
            with opened(path, how) as stream:
                places.complete |= _try(scan, places, lambda scan=scan, stream=stream: scan.all(stream))
        except CannotLook as lack:
            places.cannot = str(lack)
            continue
        if WRAPPER in scan.imported and not places.problems:
            places.joblib = ask_joblib or _joblib(path, how, names, places)
    if not places.complete and not places.joblib:
        _containers(path, names, places)
    return places


def _joblib(path, how, names, places):
    scan = Scan(names)
    with opened(path, how) as stream:
        return _try(scan, places, lambda: scan.joblib(stream))


def _containers(path, names, places):
    with open(path, "rb") as file:
        start = file.read(6)
    if start == _NUMPY:
        with open(path, "rb") as stream:
            _array(stream, names, places)
    elif zipfile.is_zipfile(path):
        _archive(path, names, places, _DEEPEST)
    elif start.startswith(_ZIP):
        places.refuse("is a damaged zip file, which may be cut off: fetch or write it again")


def _archive(file, names, places, depth):
    """A zip file, by its path or as a stream."""
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if os.path.basename(member.filename) in ("config.json", "model_config.json") and _has_lambda(archive.read(member)):
                    places.refuse(LAMBDA)
                with archive.open(member) as raw, io.BufferedReader(raw) as stream:
                    _member(stream, names, places, depth)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        places.refuse("is a damaged zip file, or one that is locked or cut off: write it again")


# Loaders look into archives of archives (TorchServe's), others may do so.
_DEEPEST = 3
_ZIP = b"PK\x03\x04"
LAMBDA = (
    "holds a Lambda layer, which is code that runs when the model is loaded or used, and Keras refuses it in its safe mode: "
    "write the layer as a class of your own package (keras.saving.register_keras_serializable)"
)


def _has_lambda(data):
    return b"__lambda__" in data or b'"class_name": "Lambda"' in data or b'"class_name":"Lambda"' in data


def hdf5_lambda(path):
    """Whether an HDF5 file, which has the configuration of its layers as text, has a Lambda layer."""
    with open(path, "rb") as file:
        if file.read(8) != b"\x89HDF\r\n\x1a\n":
            return False
        before = b""
        while chunk := file.read(1 << 20):
            if _has_lambda(before + chunk):
                return True
            before = chunk[-64:]
    return False


def _member(stream, names, places, depth):
    start = stream.peek(6)[:6]
    if start == _NUMPY:
        _array(stream, names, places)
        return
    if start.startswith(_ZIP):
        if depth == 0:
            places.refuse("holds archives within archives, deeper than any model has them")
            return
        with tempfile.SpooledTemporaryFile(1 << 26) as inner:
            shutil.copyfileobj(stream, inner)
            _archive(inner, names, places, depth - 1)
        return
    scan = Scan(names)
    # torch's tensors are persistent ids; its loader looks them up in the archive
    places.contained |= _try(scan, places, lambda: scan.all(stream, persistent=True)) and bool(scan.imported)


def _array(stream, names, places):
    """A .npy file: a header, and behind it a pickle if its type has objects."""
    try:
        version = stream.read(8)[6]
        length = struct.unpack("<H" if version == 1 else "<I", stream.read(2 if version == 1 else 4))[0]
        kind = ast.literal_eval(stream.read(length).decode("latin1"))["descr"]
    except (struct.error, IndexError, KeyError, TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
        places.refuse("holds an array of NumPy whose header cannot be read")
        return
    if "O" in str(kind):
        scan = Scan(names)
        places.contained |= _try(scan, places, lambda: scan.all(stream)) and bool(scan.imported)


def declared(name, given):
    """The format of a file whose manifest does not say it."""
    if given is not None:
        return given
    return "pickle" if os.path.splitext(name)[1].lower() in (".pkl", ".pickle", ".joblib") else "other"


