"""The system's OpenSSL library inside this process: GOST through its engine, and SM2; a second engine.

Limits: optional. Where the library or the engine (Debian: libengine-gost-openssl) is not installed, each function
answers None, which is no answer about a signature. OpenSSL 3 only. Nothing is read from a configuration file.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

_EVP_MAX_MD_SIZE = 64
_INIT_NO_CONFIG = 0x00000080
NAME = "OpenSSL"


def digest(name: str, data: bytes) -> bytes | None:
    """Return a digest that OpenSSL's GOST engine computes; None where it is not at hand."""
    lib = _library()
    if lib is None or not _engine():
        return None
    kind = lib.EVP_get_digestbyname(name.encode())
    if not kind:
        return None
    out = ctypes.create_string_buffer(_EVP_MAX_MD_SIZE)
    size = ctypes.c_uint(0)
    done = lib.EVP_Digest(data, ctypes.c_size_t(len(data)), out, ctypes.byref(size), kind, None)
    return out.raw[: size.value] if done == 1 else None


def verify_gost(public_key: bytes, digested: bytes, signature: bytes) -> bool | None:
    """Whether a GOST signature over a digest holds under the key (SubjectPublicKeyInfo); None: it cannot tell."""
    lib = _library()
    if lib is None or not _engine():
        return None
    key = _key(lib, public_key)
    if not key:
        return None
    context = lib.EVP_PKEY_CTX_new(key, None)
    try:
        if not context or lib.EVP_PKEY_verify_init(context) != 1:
            return None
        sizes = (ctypes.c_size_t(len(signature)), ctypes.c_size_t(len(digested)))
        return bool(lib.EVP_PKEY_verify(context, signature, sizes[0], digested, sizes[1]) == 1)
    finally:
        lib.EVP_PKEY_CTX_free(context)
        lib.EVP_PKEY_free(key)
        lib.ERR_clear_error()


def verify_sm2(public_key: bytes, signed: bytes, signature: bytes, identifier: bytes) -> bool | None:
    """Whether an SM2 signature with SM3 holds over `signed` under the key and the signer's identifier."""
    lib = _library()
    if lib is None:
        return None
    key = _key(lib, public_key)
    if not key:
        return None
    context = lib.EVP_MD_CTX_new()
    inner = lib.EVP_PKEY_CTX_new(key, None)
    try:
        if not inner or lib.EVP_PKEY_CTX_set1_id(inner, identifier, len(identifier)) <= 0:
            return None
        lib.EVP_MD_CTX_set_pkey_ctx(context, inner)
        if lib.EVP_DigestVerifyInit(context, None, lib.EVP_get_digestbyname(b"SM3"), None, key) != 1:
            return None
        sizes = (ctypes.c_size_t(len(signature)), ctypes.c_size_t(len(signed)))
        return bool(lib.EVP_DigestVerify(context, signature, sizes[0], signed, sizes[1]) == 1)
    finally:
        lib.EVP_MD_CTX_free(context)
        lib.EVP_PKEY_CTX_free(inner)
        lib.EVP_PKEY_free(key)
        lib.ERR_clear_error()


def _key(lib: Any, public_key: bytes) -> Any:
    start = ctypes.c_char_p(public_key)
    return lib.d2i_PUBKEY(None, ctypes.byref(start), ctypes.c_long(len(public_key)))


@cache
def _library() -> Any:
    """Return OpenSSL 3's library, None where it is not installed or older."""
    try:
        lib = ctypes.CDLL("libcrypto.so.3")
    except OSError:
        return None
    _declare(lib)
    return lib


def _declare(lib: Any) -> None:
    pointer, text, size = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t
    for function in ("EVP_get_digestbyname", "EVP_PKEY_CTX_new", "d2i_PUBKEY", "EVP_MD_CTX_new", "ENGINE_by_id"):
        getattr(lib, function).restype = pointer
    lib.EVP_get_digestbyname.argtypes = [text]
    lib.EVP_Digest.argtypes = [text, size, pointer, pointer, pointer, pointer]
    lib.EVP_PKEY_CTX_new.argtypes = [pointer, pointer]
    lib.EVP_PKEY_CTX_free.argtypes = lib.EVP_PKEY_free.argtypes = lib.EVP_MD_CTX_free.argtypes = [pointer]
    lib.EVP_PKEY_verify_init.argtypes = [pointer]
    lib.EVP_PKEY_verify.argtypes = [pointer, text, size, text, size]
    lib.EVP_PKEY_CTX_set1_id.argtypes = [pointer, text, ctypes.c_int]
    lib.EVP_MD_CTX_set_pkey_ctx.argtypes = [pointer, pointer]
    lib.EVP_DigestVerifyInit.argtypes = [pointer] * 5
    lib.EVP_DigestVerify.argtypes = [pointer, text, size, text, size]
    lib.d2i_PUBKEY.argtypes = [pointer, pointer, ctypes.c_long]
    lib.ENGINE_by_id.argtypes = [text]
    lib.ENGINE_init.argtypes = [pointer]
    lib.ENGINE_set_default.argtypes = [pointer, ctypes.c_uint]


@cache
def _engine() -> bool:
    """Load the GOST engine; return whether it is there."""
    lib = _library()
    lib.OPENSSL_init_crypto.argtypes = [ctypes.c_uint64, ctypes.c_void_p]
    lib.OPENSSL_init_crypto(_INIT_NO_CONFIG, None)
    engine = lib.ENGINE_by_id(b"gost")
    found = bool(engine) and lib.ENGINE_init(engine) == 1 and lib.ENGINE_set_default(engine, 0xFFFF) == 1
    lib.ERR_clear_error()
    return found
