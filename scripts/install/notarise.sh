#!/bin/sh
# Signs and notarises macOS executables, with what is in the environment: APPLE_CERTIFICATE (base64 of a .p12),
# APPLE_CERTIFICATE_PASSWORD, APPLE_IDENTITY, APPLE_ID, APPLE_TEAM_ID, APPLE_APP_PASSWORD. Without a certificate: nothing.
set -eu
if [ -z "${APPLE_CERTIFICATE:-}" ]; then
  echo "There is no certificate: the files stay unsigned."
  exit 0
fi
work=$(mktemp -d)
keychain=$work/release.keychain-db
trap 'security delete-keychain "$keychain" 2>/dev/null || :; rm -rf "$work"' EXIT
password=$(openssl rand -hex 16)
printf '%s' "$APPLE_CERTIFICATE" | base64 --decode >"$work/certificate.p12"
security create-keychain -p "$password" "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$work/certificate.p12" -k "$keychain" -P "$APPLE_CERTIFICATE_PASSWORD" -T /usr/bin/codesign
security set-key-partition-list -S apple-tool:,apple: -k "$password" "$keychain" >/dev/null
security list-keychains -d user -s "$keychain"
# The runtime compiles JavaScript while it runs (https://developer.apple.com/documentation/security/hardened-runtime).
cat >"$work/entitlements.plist" <<'PLIST'
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>com.apple.security.cs.allow-jit</key><true/>
<key>com.apple.security.cs.allow-unsigned-executable-memory</key><true/>
<key>com.apple.security.cs.disable-executable-page-protection</key><true/>
</dict></plist>
PLIST
for file in "$@"; do
  codesign --force --options runtime --timestamp --entitlements "$work/entitlements.plist" --sign "$APPLE_IDENTITY" "$file"
  ditto -c -k "$file" "$work/file.zip"
  xcrun notarytool submit "$work/file.zip" --wait --apple-id "$APPLE_ID" --team-id "$APPLE_TEAM_ID" --password "$APPLE_APP_PASSWORD"
done
