#!/usr/bin/env bash
# Sets Quadot up on Debian and shows or tests it; usage() says how. Exit codes: those of what it runs; 2 bad usage; 3 a
# package is missing and cannot be installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
    cat <<'TEXT'
Usage: ./setup.sh demo|test [--print]

  demo      install what is missing, build, and run a dot product and an integral with threads and with 2 ranks
  test      install what is missing, build, and run every test; ends with ctest's summary and its exit code
  --print   only show the commands

Packages come from Debian (cmake/packages.txt); root is asked for only when one is missing. Builds in build/release.
TEXT
}

fail() { # fail EXIT_CODE LINE...
    local code=$1
    shift
    printf 'setup.sh: %s\n' "$1" >&2
    shift
    if (($#)); then printf '  %s\n' "$@" >&2; fi
    exit "$code"
}

run() { # echoes a command, then runs it
    local word line=''
    for word in "$@"; do
        if [[ $word =~ ^[A-Za-z0-9_./:=^+,@%-]+$ ]]; then line+=" $word"; else line+=" ${word@Q}"; fi
    done
    printf '+%s\n' "$line"
    if [[ $print == no ]]; then "$@"; fi
}

packages() { # packages MARK: the names in cmake/packages.txt with that mark; '' for none
    awk -v mark="$1" '{ sub(/#.*/, "") } NF && $2 == (mark == "" ? "" : "[" mark "]") { print $1 }' cmake/packages.txt
}

missing() { # missing MARK: those of them that are not installed
    local package
    packages "$1" | while read -r package; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || echo "$package"
    done
}

known() { apt-get install --simulate -qq "$@" >/dev/null 2>&1; } # whether the package lists know them all

cannot_install() { # cannot_install 'NAME...': for want of root, or of Debian
    local ways=("on a cluster:  module load gcc openmpi cmake ninja (or as they are called there), and for the libraries:"
        "               module load eigen xsimd cli11 fmt nlohmann-json random123 hwloc"
        "               then: cmake --preset user && cmake --build --preset user")
    if command -v apt-get >/dev/null; then ways=("as root:       apt-get install $1" "${ways[@]}"); fi
    fail 3 "missing: $1" "${ways[@]}"
}

install_packages() { # install_packages MARK...: those without a mark, and of the marked what can be had
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        local tool tools=()
        for tool in cmake ninja c++ mpicxx; do command -v "$tool" >/dev/null || tools+=("$tool"); done
        if ((${#tools[@]})); then cannot_install "${tools[*]}"; fi
        return # not Debian: configuring tells whether the libraries are there
    fi
    local mark package needed=() extra=() as_root=()
    mapfile -t needed < <(missing '')
    for mark in "$@"; do mapfile -t -O "${#extra[@]}" extra < <(missing "$mark"); done
    if ((${#needed[@]} + ${#extra[@]} == 0)); then return; fi

    if ((EUID != 0)); then
        if command -v sudo >/dev/null && { [[ -t 0 || $print == yes ]] || sudo -n true 2>/dev/null; }; then
            as_root=(sudo)
        elif ((${#needed[@]})); then
            cannot_install "${needed[*]}"
        else
            echo "setup.sh: not root, so left out: ${extra[*]}"
            return
        fi
    fi

    local update=("${as_root[@]}" apt-get update) updated=no
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends)
    if ! known "${needed[@]}" "${extra[@]}"; then
        run "${update[@]}" && updated=yes
        if [[ $print == no ]]; then # an extra that Debian lacks shall not keep the others out
            local wished=("${extra[@]}")
            extra=()
            for package in "${wished[@]}"; do if known "$package"; then extra+=("$package"); fi; done
        fi
    fi
    if ((${#needed[@]} + ${#extra[@]} == 0)) || run "${install[@]}" "${needed[@]}" "${extra[@]}"; then return; fi
    if [[ $updated == no ]]; then # lists so old that they name what is gone
        if run "${update[@]}" && run "${install[@]}" "${needed[@]}" "${extra[@]}"; then return; fi
    fi
    if ((${#needed[@]})); then cannot_install "${needed[*]}"; fi
    echo "setup.sh: could not be installed, so left out: ${extra[*]}"
}

configure() {
    run cmake --preset release || fail 3 "cmake found something missing (above); cmake/packages.txt names what Quadot needs"
}

demo() {
    local quadot=build/release/quadot cpus cores
    cpus=$(nproc)
    cores=$(lscpu -p=CORE,SOCKET | awk '!/^#/ && !seen[$0]++ { ++cores } END { print cores + 0 }')
    # Two ranks that share the CPUs: by default mpirun would give each one core, and refuse a machine with fewer than two.
    local mpirun=(mpirun -n 2 --bind-to none) threads=$((cpus > 2 ? cpus / 2 : 1))
    if ((cores < 2)); then mpirun+=(--oversubscribe); fi
    if ((EUID == 0)); then
        run export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 # mpirun refuses root otherwise
    fi
    configure
    run cmake --build --preset release -j "$cpus" --target quadot_program
    run "$quadot" dot -n 2^24 --max-time 1s
    run "${mpirun[@]}" "$quadot" dot -n 2^24 --threads "$threads" --max-time 1s
    run "$quadot" integrate cos 0 pi/2 -n 1e7 --rule left --max-time 1s
    run "${mpirun[@]}" "$quadot" integrate pi 0 1 -n 1e8 --rule midpoint --threads "$threads" --max-time 1s
}

tests() {
    local cpus
    cpus=$(nproc)
    configure
    run cmake --build --preset release -j "$cpus"
    run ctest --preset release -j "$cpus"
}

command='' print=no
for word in "$@"; do
    case $word in
    -h | --help)
        usage
        exit 0
        ;;
    --print) print=yes ;;
    demo | test)
        [[ -z $command ]] || fail 2 "$command $word: one of them at a time; see ./setup.sh --help"
        command=$word
        ;;
    *) fail 2 "$word: unknown; choose demo, test, --print or --help" ;;
    esac
done
case $command in
demo)
    install_packages wanted
    demo
    ;;
test)
    install_packages wanted test
    tests
    ;;
*) usage ;;
esac
