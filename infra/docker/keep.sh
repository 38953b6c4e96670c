#!/bin/sh
# keep.sh <service> <built>: leaves in this folder, where `npm ci` was run for the service, what its process reads, and nothing else.
set -eu
service=services/$1
built=$2

# npm links what the service names of this repository, directly or not; the links stay, and each gets what was built of it.
rooms=$service
for link in node_modules/@throughline/*; do
  room=$(realpath --relative-to=. "$link")
  if [ "$room" != "$service" ]; then rooms="$rooms $room"; fi
done
mkdir kept
for room in $rooms; do
  cp --parents "$room/package.json" kept
  cp -r "$built/$room/dist" "kept/$room/dist"
  # A version of a package that this room alone asks for.
  if [ -d "$room/node_modules" ]; then mv "$room/node_modules" "kept/$room/node_modules"; fi
done
mv node_modules kept
find . -mindepth 1 -maxdepth 1 ! -name kept -exec rm -rf {} +
mv kept/* .
rmdir kept

# A compiler that the API reference only asks for where it is there, and what compilers, debuggers and people read; licences stay.
rm -rf node_modules/typescript node_modules/.bin
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.d.ts.map' \) -delete
find . -path '*/node_modules/*' -type f \( -name '*.map' -o -iname '*.md' ! -iname 'licen[cs]e*' \) -delete
