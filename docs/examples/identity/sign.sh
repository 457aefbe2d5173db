#!/bin/sh
# The same in a shell with openssl, in the plain form: v1.<payload>.<mac>.
#   MINICOM_IDENTITY_SECRET=mik_... sign.sh TENANT KEY_ID CUSTOMER_ID
# For a trial alone: the secret is an argument of openssl here, which others on the computer can read.
set -eu
now=${MINICOM_NOW:-$(date +%s)}
part() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
payload=$(printf '{"kid":"%s","tenant":"%s","sub":"%s","iat":%d,"exp":%d}' "$2" "$1" "$3" "$now" $((now + 600)) | part)
mac=$(printf 'v1.%s' "$payload" | openssl dgst -sha256 -hmac "$MINICOM_IDENTITY_SECRET" -binary | part)
printf 'v1.%s.%s\n' "$payload" "$mac"
