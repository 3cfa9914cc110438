"""Our DKIM signatures, verified by dkimpy."""

from base64 import b64decode, b64encode
from types import SimpleNamespace

import dkim  # type: ignore[import-untyped]
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import SecretStr

from channels.email_smtp import DkimKey, EmailSmtp, SmtpSettings
from channels.email_smtp.dkim import DkimSigner
from channels.protocol import HandedOver, Outgoing
from domain.errors import InvalidInput
from tests.doubles.smtp import SmtpScript, smtp_double

MAIL = (
    b"From: Shop <hello@shop.test>\r\nTo: ada@example.com\r\nSubject: A  long\r\n folded subject\r\n"
    b"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <1@shop.test>\r\nX-Other: x\r\n\r\n"
    b"Hello  there \r\n\r\nand\tgoodbye\r\n\r\n\r\n"
)

Private = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class VerifyKey:
    """What dkimpy wants of PyNaCl to verify Ed25519, over the library that we have."""

    def __init__(self, key: bytes, encoder: object) -> None:
        self.key = ed25519.Ed25519PublicKey.from_public_bytes(b64decode(key))

    def verify(self, hashed: bytes, signature: bytes) -> bytes:
        self.key.verify(signature, hashed)
        return hashed


@pytest.fixture(autouse=True)
def ed25519_for_dkimpy(monkeypatch: pytest.MonkeyPatch) -> None:
    nacl = SimpleNamespace(
        signing=SimpleNamespace(VerifyKey=VerifyKey),
        encoding=SimpleNamespace(Base64Encoder=None),
        exceptions=SimpleNamespace(ValueError=ValueError, BadSignatureError=InvalidSignature),
    )
    monkeypatch.setattr(dkim, "nacl", nacl, raising=False)


def private_key(kind: str) -> Private:
    return rsa.generate_private_key(65537, 2048) if kind == "rsa" else ed25519.Ed25519PrivateKey.generate()


def pem(key: Private | ec.EllipticCurvePrivateKey) -> SecretStr:
    return SecretStr(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


def verified(mail: bytes, key: Private) -> bool:
    public = key.public_key()
    if isinstance(key, rsa.RSAPrivateKey):
        record = f"v=DKIM1; k=rsa; p={b64encode(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()}"
    else:
        record = f"v=DKIM1; k=ed25519; p={b64encode(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()}"
    return bool(dkim.verify(mail, dnsfunc=lambda name, timeout=5: record.encode()))


def signer(key: Private) -> DkimSigner:
    return DkimSigner(DkimKey(domain="shop.test", selector="s1", private_key=pem(key)))


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
def test_a_verifier_accepts_the_signature_and_notices_every_change(kind: str) -> None:
    key = private_key(kind)
    signed = signer(key).sign(MAIL)
    assert verified(signed, key)
    assert not verified(signed.replace(b"goodbye", b"goodbyE"), key)
    assert not verified(signed.replace(b"hello@", b"hallo@"), key)
    assert not verified(signed.replace(b"X-Other: x", b"Subject: another"), key)
    assert verified(signed.replace(b"Hello  there \r\n", b"Hello there\r\n"), key)
    assert not verified(signed, private_key(kind))


@pytest.mark.parametrize("body", [b"", b"\r\n", b"x", b"x\r\n\r\n", b" \r\n\t\r\nx y\r\n"])
def test_every_shape_of_body_verifies(body: bytes) -> None:
    key = private_key("ed25519")
    head = MAIL.partition(b"\r\n\r\n")[0]
    assert verified(signer(key).sign(head + b"\r\n\r\n" + body), key)


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
async def test_a_mail_still_verifies_when_it_has_gone_over_the_wire(kind: str) -> None:
    key = private_key(kind)
    script = SmtpScript()
    unsubscribe = {"List-Unsubscribe": "<https://m.test/u/x>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = Outgoing(
        message_id="6f2d8a64-52a5-5a6b-9d2c-0f6f1c9b7a11",
        to="ada@example.com",
        sender="Grüße <hello@shop.test>",
        subject="Ein sehr langer Betreff mit Umlauten: äöü " * 5,
        text=".\n..\nHello \n",
        html="<p>" + "x" * 3000 + "ü</p>",
        headers=unsubscribe,
    )
    async with smtp_double(script):
        dkim_key = DkimKey(domain="shop.test", selector="s1", private_key=pem(key))
        channel = EmailSmtp(SmtpSettings(host="127.0.0.1", port=script.port, dkim=dkim_key))
        assert isinstance(await channel.hand_over(message), HandedOver)
        await channel.close()
    assert verified(script.mails[0], key)
    assert b"list-unsubscribe-post" in script.mails[0].partition(b"bh=")[0]
    assert max(map(len, script.mails[0].split(b"\r\n"))) <= 998


@pytest.mark.parametrize("text", ["not a key", pem(ec.generate_private_key(ec.SECP256R1())).get_secret_value()])
def test_a_key_that_cannot_sign_is_refused_at_the_start(text: str) -> None:
    with pytest.raises(InvalidInput, match="DKIM"):
        DkimSigner(DkimKey(domain="shop.test", selector="s1", private_key=SecretStr(text)))
