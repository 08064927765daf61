package syslogjson

import "bytes"

const bsdStampBytes = len("Jan _2 15:04:05")

// parseBSD reads the header of RFC 3164 as loosely as senders write it: time, host
// and tag may each be missing. The payload is what follows from the first "{".
func (p *Parser) parseBSD(m *Message, frame []byte, rest int) error {
	start := indexFrom(frame, rest, '{')
	if start < 0 {
		return &ParseError{Class: ClassNoJSON, Offset: rest, Reason: "no JSON object after the header"}
	}
	m.Payload = frame[start:]
	head := frame[rest:start]
	if n := stampLen(head); n > 0 {
		m.Timestamp = head[:n]
		head = bytes.TrimLeft(head[n:], " ")
	}
	if i := bytes.IndexByte(head, ' '); i > 0 && i <= maxHostname && head[i-1] != ':' {
		m.Hostname = intern(&p.hostname, head[:i])
		head = head[i+1:]
	}
	p.tag(m, head)
	return nil
}

// tag takes "name:" or "name[pid]:".
func (p *Parser) tag(m *Message, head []byte) {
	head = bytes.TrimRight(head, " ")
	if len(head) < 2 || head[len(head)-1] != ':' || bytes.IndexByte(head, ' ') >= 0 {
		return
	}
	head = head[:len(head)-1]
	if i := bytes.IndexByte(head, '['); i > 0 && head[len(head)-1] == ']' {
		if pid := head[i+1 : len(head)-1]; len(pid) <= maxProcID {
			m.ProcID = intern(&p.procID, pid)
		}
		head = head[:i]
	}
	if len(head) <= maxAppName {
		m.AppName = intern(&p.appName, head)
	}
}

// stampLen returns the length of the time at the beginning of head: "Nov 21
// 19:29:11", or RFC 3339 as rsyslog's forward format writes it. It is zero for
// anything else.
func stampLen(head []byte) int {
	if len(head) >= bsdStampBytes && head[3] == ' ' && head[6] == ' ' && head[9] == ':' && head[12] == ':' {
		return bsdStampBytes
	}
	if len(head) > len("2006-01-02T") && isDigit(head[0]) && head[4] == '-' && head[10] == 'T' {
		return max(0, bytes.IndexByte(head, ' '))
	}
	return 0
}
