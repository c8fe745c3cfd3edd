"""Undoing the encryption of old binary office files with the passwords that were given.

Limits: what msoffcrypto opens (RC4, CryptoAPI, XOR); a password is tried as it is written.
"""

from __future__ import annotations

import io
import struct

from assay.work.part import ReadRefused, ReadSettings


def decrypted(data: bytes, settings: ReadSettings, what: str) -> bytes:
    """Return the file with its encryption undone; `what` names it ("workbook") in a refusal.

    Raises `ReadRefused`: encrypted when no password fits, broken when the encryption itself is damaged.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    for password in settings.passwords:
        plain = io.BytesIO()
        try:
            locked = msoffcrypto.OfficeFile(io.BytesIO(data))
            locked.load_key(password=password)
            locked.decrypt(plain)
        except (InvalidKeyError, DecryptionError):
            continue
        except (FileFormatError, ParseError, OSError, ValueError, KeyError, AttributeError, TypeError, IndexError,
                struct.error, AssertionError) as error:  # fmt: skip
            raise ReadRefused("broken", f"the encrypted {what} is damaged: {str(error)[:160]}") from error
        return plain.getvalue()
    raise ReadRefused("encrypted", f"the {what} is encrypted: a password is needed and none that was given fits")
