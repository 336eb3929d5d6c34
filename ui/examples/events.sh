#!/bin/sh
# A station's events as server-sent events, for two seconds.
AWAZ=${AWAZ:-http://127.0.0.1:8080}

curl -sSN --max-time 2 "$AWAZ/api/v1/stations/awaz/events" || [ $? -eq 28 ]
