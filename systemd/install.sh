#!/bin/sh
# Installs the relay as a service, or removes it: `make install`, `make uninstall`.
#
#   SERVICE=system   one for the machine, in /usr/local and /etc; root installs it
#   SERVICE=user     one user's, in ~/.local and ~/.config
#   PREFIX           where the program goes: PREFIX/lib/douyin-live-relay and PREFIX/bin/relay
#   DESTDIR          put in front of all that is written, for packages
#   PYTHON           a Python 3.11 or newer with venv
set -eu

name=douyin-live-relay
here=$(cd "$(dirname "$0")/.." && pwd)
destdir=${DESTDIR:-}
case $destdir in
"" | /*) ;;
*) echo "DESTDIR=$destdir: not an absolute path" >&2; exit 2 ;;
esac
case ${SERVICE:-system} in
system)
    prefix=${PREFIX:-/usr/local}
    units=/etc/systemd/system
    sysusers=/etc/sysusers.d
    etc=/etc/$name
    unit=$here/systemd/relay.service
    manager=systemctl
    ;;
user)
    prefix=${PREFIX:-$HOME/.local}
    units=${XDG_CONFIG_HOME:-$HOME/.config}/systemd/user
    sysusers=
    etc=${XDG_CONFIG_HOME:-$HOME/.config}/$name
    unit=$here/systemd/user/relay.service
    manager="systemctl --user"
    ;;
*)
    echo "SERVICE=$SERVICE: system or user" >&2
    exit 2
    ;;
esac
case $prefix in
/*) ;;
*) echo "PREFIX=$prefix: not an absolute path" >&2; exit 2 ;;
esac
case $prefix in
# What units, and the shell's lines in them, take as more than a letter.
*[!A-Za-z0-9_./+:,@~-]*)
    echo "PREFIX=$prefix: systemd's units take no such path; choose one of letters and digits" >&2
    exit 2
    ;;
esac
tree=$prefix/lib/$name

install_program() {
    # Beside the old one: a relay that runs reads files of its own still, e.g. to start a worker.
    new=$destdir$tree.new
    rm -rf "$new"
    mkdir -p "$destdir$prefix/lib" "$destdir$prefix/bin"
    "${PYTHON:-python3}" -m venv "$new"
    pins=$new/pins.txt
    # A folder has no hash that pip could check, so those of the versions have to go.
    sed 's/ *--hash=[^ ]*//; s/ *\\$//; /^ *$/d' "$here/constraints.txt" >"$pins"
    "$new/bin/python" -m pip install -q --disable-pip-version-check -c "$pins" "$here[fast]"
    # It is to run from another place than it is put together in.
    for script in "$new"/bin/*; do
        if [ -f "$script" ] && [ ! -L "$script" ]; then
            sed -i "s|$new|$tree|g" "$script"
        fi
    done
    sed -i "s|$new|$tree|g" "$new/pyvenv.cfg"
    old=$destdir$tree.old
    check_tree "$destdir$tree"
    remove_tree "$old"
    if [ -e "$destdir$tree" ]; then
        mv "$destdir$tree" "$old"
    fi
    mv "$new" "$destdir$tree"
    remove_tree "$old"
    ln -sf "../lib/$name/bin/relay" "$destdir$prefix/bin/relay"
}

install_units() {
    mkdir -p "$destdir$units" "$destdir$etc"
    sed -e "s|/opt/$name/.venv/bin/relay|$tree/bin/relay|" \
        -e "s|^Documentation=.*|Documentation=file://$here/README.md|" \
        "$unit" >"$destdir$units/relay.service"
    cp "$here/systemd/relay.socket" "$destdir$units/relay.socket"
    chmod 644 "$destdir$units/relay.service" "$destdir$units/relay.socket"
    if [ -n "$sysusers" ]; then
        mkdir -p "$destdir$sysusers"
        cp "$here/systemd/relay.sysusers" "$destdir$sysusers/$name.conf"
    fi
    if [ ! -e "$destdir$etc/config.toml" ]; then
        cp "$here/config.toml" "$destdir$etc/config.toml"
        chmod 644 "$destdir$etc/config.toml"
    fi
}

check_tree() {
    # Nothing but what was made here is moved or removed.
    if [ -e "$1" ] && ! { [ -f "$1/pyvenv.cfg" ] && [ -e "$1/bin/relay" ]; }; then
        echo "$1 is not a relay's; it stays" >&2
        exit 1
    fi
}

remove_tree() {
    check_tree "$1"
    rm -rf "$1"
}

case ${1:-} in
install)
    install_program
    install_units
    echo "Installed: $tree, $units/relay.service, $etc/config.toml"
    if [ -z "$destdir" ]; then
        echo "Start it:"
        [ -z "$sysusers" ] || echo "  systemd-sysusers"
        echo "  $manager daemon-reload"
        echo "  $manager enable --now relay.socket relay.service"
        if $manager is-active -q relay.service 2>/dev/null; then
            echo "The old one runs still; $manager restart relay.service changes that."
        fi
    fi
    ;;
units)
    install_units
    ;;
uninstall)
    # Of several units it is enough that one is.
    if [ -z "$destdir" ] && $manager is-active -q relay.service relay.socket 2>/dev/null; then
        echo "It runs; first: $manager disable --now relay.socket relay.service" >&2
        exit 1
    fi
    rm -f "$destdir$units/relay.service" "$destdir$units/relay.socket"
    [ -z "$sysusers" ] || rm -f "$destdir$sysusers/$name.conf"
    rm -f "$destdir$prefix/bin/relay"
    remove_tree "$destdir$tree"
    echo "Removed; $etc stays, and what the relay has stored."
    ;;
*)
    echo "install.sh install|units|uninstall" >&2
    exit 2
    ;;
esac
