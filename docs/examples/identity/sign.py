#!/usr/bin/env python3
"""What a site gives its customer: a JWT with HS256, signed with the key's secret.

    MINICOM_IDENTITY_SECRET=mik_... sign.py TENANT KEY_ID CUSTOMER_ID [NAME [EMAIL]]

It is good for ten minutes. MINICOM_NOW (seconds since 1970) stands for the clock, for tests.
"""
import base64, hashlib, hmac, json, os, sys, time


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def sign(secret: str, key_id: str, claims: dict) -> str:
    header = {"alg": "HS256", "typ": "JWT", "kid": key_id}
    signed = ".".join(part(json.dumps(it).encode()) for it in (header, claims))
    mac = hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()
    return signed + "." + part(mac)


tenant, key_id, customer, *more = sys.argv[1:]
now = int(os.environ.get("MINICOM_NOW", time.time()))
claims = {"aud": tenant, "sub": customer, "iat": now, "exp": now + 600}
claims.update(zip(("name", "email"), more))
print(sign(os.environ["MINICOM_IDENTITY_SECRET"], key_id, claims))
