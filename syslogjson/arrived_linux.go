package syslogjson

import (
	"net"
	"syscall"
	"unsafe"
)

// arrived returns how many bytes the kernel holds that were not read, or zero where
// it does not tell. A read deadline that has passed does not hide them from it.
func arrived(nc net.Conn) int {
	sc, ok := nc.(syscall.Conn)
	if !ok {
		return 0
	}
	rc, err := sc.SyscallConn()
	if err != nil {
		return 0
	}
	var n int32 // the C int that the call fills
	// It fails only on a connection that has ended, and leaves n zero then. TIOCINQ
	// is FIONREAD by its other name (tcp(7), SIOCINQ).
	_ = rc.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, syscall.TIOCINQ, uintptr(unsafe.Pointer(&n))) //nolint:gosec // no other way in the standard library
	})
	return int(n)
}
