#!/bin/sh
# Sign in as a host, and set the title that listeners see.
AWAZ=${AWAZ:-http://127.0.0.1:8080}

TOKEN=$(curl -fsS "$AWAZ/api/v1/auth/login" \
  -H 'Content-Type: application/json' \
  -d "{\"login\": \"$LOGIN\", \"password\": \"$PASSWORD\"}" |
  python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])')

curl -fsS "$AWAZ/api/v1/stations/awaz/metadata" \
  -H "Authorization: Bearer $TOKEN" \
  -H 'Content-Type: application/json' \
  -d '{"title": "Chirag", "artist": "The Lamps"}'
