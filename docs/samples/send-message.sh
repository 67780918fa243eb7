#!/bin/sh
# Signs a file as message SEQUENCE of a feed and sends it: openssl 3 and curl are all it takes.
#   send-message.sh URL TOKEN-FILE KEY-FILE FEED SEQUENCE FILE
set -eu
url=$1 token=$2 key=$3 id=$4:$5 file=$6
case $file in *.csv) type=text/csv ;; *) type=application/ld+json ;; esac
now=$(date +%s)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
{ printf '%s.%s.' "$id" "$now"; cat "$file"; } > "$work/signed"
signature=$(openssl pkeyutl -sign -inkey "$key" -rawin -in "$work/signed" | openssl base64 -A)
printf 'Authorization: Bearer %s\n' "$(cat "$token")" > "$work/headers"
curl --silent --show-error --data-binary "@$file" --header "@$work/headers" --header "Content-Type: $type" \
    --header "webhook-id: $id" --header "webhook-timestamp: $now" --header "webhook-signature: v1a,$signature" \
    "$url/api/v1/feeds/$4/messages"
