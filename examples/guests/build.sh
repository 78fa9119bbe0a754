#!/bin/sh
# Builds the example guests, each .wasm beside its source, and records in built.json what they were built from.
#
#   build.sh                    all of them, and built.json
#   build.sh -o DIR GUEST...    the guests named, as built.json names them, into DIR; records nothing
#   build.sh -v                 the versions of the compilers at hand, one a line: name, tab, version or "absent"
#
# Needs clang and wasm-ld (14 is what built.json records), wat2wasm of wabt, and asc of AssemblyScript
# (npm install --no-save assemblyscript@0.28.20). CLANG, WASM_LD, WAT2WASM and ASC name others.
set -eu
cd "$(dirname "$0")"

CLANG=${CLANG:-clang-14}
WASM_LD=${WASM_LD:-wasm-ld-14}
WAT2WASM=${WAT2WASM:-wat2wasm}
if [ -z "${ASC:-}" ]; then ASC=asc; [ ! -x node_modules/.bin/asc ] || ASC=node_modules/.bin/asc; fi

# No libc, no start-up code; the stack lies first, so that an overflow leaves the memory and traps.
C_FLAGS="--target=wasm32 -std=c11 -O3 -ffreestanding -ffp-contract=off -msimd128 -mbulk-memory -mnontrapping-fptoint
    -msign-ext -Wall -Wextra -Wconversion -Werror -Iinclude"
LD_FLAGS="--no-entry --strip-all --stack-first -z stack-size=65536"
ASC_FLAGS="-O3 --runtime stub --use abort= --noAssert --pedantic"

FORWARD="forward/forward.c forward/model.c forward/attention.c forward/memory.c"
INSIDE="forward/inside_activations.c forward/inside_blocks.c forward/inside_math.c forward/inside_products.c"
C_HEADERS="include/wasmchord.h"
FORWARD_HEADERS="$C_HEADERS forward/attention.h forward/blocks.h forward/lanes.h forward/memory.h forward/model.h forward/numbers.h
    forward/operations.h"

GUESTS="checksum/checksum.wasm checksum-bridge/checksum-bridge.wasm forward/forward.wasm forward/forward-inside.wasm
    histogram/histogram.wasm one-line/one-line.wasm"

# What a guest is compiled from; then what that includes.
units() {
    case $1 in
    checksum/checksum.wasm) echo checksum/checksum.wat ;;
    checksum-bridge/checksum-bridge.wasm) echo checksum-bridge/checksum-bridge.c ;;
    forward/forward.wasm) echo $FORWARD forward/operations_host.c ;;
    forward/forward-inside.wasm) echo $FORWARD forward/operations_inside.c $INSIDE ;;
    histogram/histogram.wasm) echo histogram/histogram.ts ;;
    one-line/one-line.wasm) echo one-line/one-line.c ;;
    *) echo "$1 is no guest; guests are: $(echo $GUESTS)" >&2; exit 2 ;;
    esac
}

included() {
    case $1 in
    forward/forward-inside.wasm) echo $FORWARD_HEADERS forward/inside.h ;;
    forward/*) echo $FORWARD_HEADERS ;;
    histogram/*) echo include/wasmchord.ts ;;
    checksum/*) ;;
    *) echo $C_HEADERS ;;
    esac
}

language() {
    case $(units "$1") in
    *.wat) echo wat2wasm ;;
    *.ts) echo asc ;;
    *) echo clang ;;
    esac
}

version() {
    case $1 in
    clang)
        clang_version=$("$CLANG" --version) && linker_version=$("$WASM_LD" --version) &&
            printf '%s, %s\n' "$(echo "$clang_version" | head -n 1)" "$linker_version"
        ;;
    wat2wasm) "$WAT2WASM" --version ;;
    asc) "$ASC" --version ;;
    esac
}

compile() {
    case $(language "$1") in
    wat2wasm) "$WAT2WASM" --enable-memory64 --enable-multi-memory $(units "$1") -o "$2" ;;
    asc) "$ASC" $(units "$1") $ASC_FLAGS -o "$2" ;;
    clang)
        objects=$(mktemp -d)
        for unit in $(units "$1"); do "$CLANG" $C_FLAGS -c "$unit" -o "$objects/$(basename "$unit" .c).o"; done
        linked=
        for unit in $(units "$1"); do linked="$linked $objects/$(basename "$unit" .c).o"; done
        "$WASM_LD" $LD_FLAGS $linked -o "$2"
        chmod 644 "$2"
        rm -r "$objects"
        ;;
    esac
}

hash_of() { sha256sum "$1" | cut -d ' ' -f 1; }

record() {
    echo '['
    separator=
    for guest in $GUESTS; do
        sources="$(units "$guest") $(included "$guest") build.sh"
        printf '%s  {\n    "guest": "%s",\n    "sha256": "%s",\n' "$separator" "$guest" "$(hash_of "$guest")"
        printf '    "compiler": "%s",\n    "version": "%s",\n' "$(language "$guest")" "$(version "$(language "$guest")")"
        printf '    "sources": {'
        comma=
        for source in $sources; do
            printf '%s\n      "%s": "%s"' "$comma" "$source" "$(hash_of "$source")"
            comma=,
        done
        printf '\n    }\n  }'
        separator=',
'
    done
    printf '\n]\n'
}

case ${1:-} in
-v)
    for name in clang wat2wasm asc; do
        found=$(version $name 2>/dev/null) || found=absent
        printf '%s\t%s\n' $name "$found"
    done
    ;;
-o)
    into=$2
    shift 2
    for guest in "$@"; do compile "$guest" "$into/$(basename "$guest")"; done
    ;;
'')
    for guest in $GUESTS; do compile "$guest" "$guest"; done
    record > built.json
    ;;
*)
    sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
    exit 2
    ;;
esac
