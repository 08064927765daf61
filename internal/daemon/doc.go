// Package daemon joins the parts of TARA-Stat into the service: it reads the
// settings, opens the log base, receives events and serves the pages, and ends
// all of that in order.
package daemon
