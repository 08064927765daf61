// Package httpui shows authentication statistics to people and programs: the
// pages of TARA-Stat, its JSON interfaces, /status and /metrics, as one
// [http.Handler].
//
// [New] takes a [logbase.Store] and [Options], whose zero value works. What the
// reception of events has to say comes from [Options].Ingester and .Syslog.
//
// Nobody logs in (specification, section 2.2): access is limited by the
// network. The handler therefore defends itself against what a browser inside
// that network can be made to do. It serves only the host names it was told
// (421 otherwise), refuses requests from other sites for everything but GET
// (403), sends a content security policy that allows nothing from outside and
// nothing inline, and deletes only what somebody has seen counted and has
// confirmed by typing.
//
// Another program mounts the pages below a path of its own, behind its own
// authentication, with [Options].Prefix, .User and .Hosts; examples/mounted
// shows how.
//
// A page is a function from the values of package report to those of a
// template. The files to load and the API under /api/v1 show the same values,
// so that none of them can differ. A part that cannot be filled says so in its
// own place.
//
// Every page works without JavaScript, and every state of a page is its
// address. The limits that belong to the connection (deadlines, header size,
// number of connections) are the server's, not this package's.
package httpui
