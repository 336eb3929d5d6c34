#!/bin/sh
# What is on air at a station, without a token.
AWAZ=${AWAZ:-http://127.0.0.1:8080}

curl -fsS "$AWAZ/api/v1/stations/awaz/now-playing"
