"""Keys as plainly as they can be written: RFC 5869 by hand, one value at a time, no library but the standard one."""

import hashlib
import hmac


def naive_derived(key: str, purpose: str) -> bytes:
    """HKDF-SHA256 without salt, 32 bytes."""
    extracted = hmac.new(bytes(32), bytes.fromhex(key), hashlib.sha256).digest()
    info = b"outcome-lens/1/" + purpose.encode()
    return hmac.new(extracted, info + b"\x01", hashlib.sha256).digest()


def naive_token(key: str, purpose: str, value: str) -> str:
    return hmac.new(naive_derived(key, purpose), value.encode(), hashlib.sha256).hexdigest()[:24]


def naive_hash(masters: list[str], kind: str, text: str) -> str:
    """`masters`: oldest first."""
    value = text.encode()
    for place, master in enumerate(masters):
        if place:
            value = value[:8]
        link = naive_derived(master, f"register facet {kind}")
        value = hashlib.blake2b(value, key=link, digest_size=12).digest()
    return value.hex()
