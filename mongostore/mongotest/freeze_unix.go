//go:build unix

package mongotest

import "syscall"

// Freeze stops the server in its tracks (SIGSTOP): its connections stay open
// and nothing answers.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on (SIGCONT).
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.fatal("mongotest: %v: %v", sig, err)
	}
}
