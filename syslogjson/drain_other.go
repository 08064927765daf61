//go:build !unix

package syslogjson

import "net"

// hasBytes is not known here: a socket that was silent for drainQuiet is taken as empty.
func hasBytes(net.Conn) bool { return false }
