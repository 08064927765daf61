// Package httpui shows authentication statistics to people and programs: the
// pages of TARA-Stat, its JSON interfaces, /status and /metrics, as one
// [http.Handler].
//
// [New] takes a [Store], which answers queries, and [Options], whose zero value
// works. What else a store can do is found by type assertion: without
// [Deleter] there is no way to delete, without [ClientLister] first and last
// days of clients are not shown. What the reception of events has to say comes
// through [Reception].
//
// Nobody logs in (specification, section 2.2): access is limited by the
// network. The handler therefore defends itself against what a browser inside
// that network can be made to do. It serves only the host names it was told
// (421 otherwise), refuses requests from other sites for everything but GET
// (403), sends a content security policy that allows nothing from outside and
// nothing inline, and deletes only what somebody has seen counted and has
// confirmed by typing.
//
// A page is made in three steps. Its address becomes a view and, with the
// bounds of the data, a scope: which period, in which steps, held against which
// other. Questions to the log base are asked at the same time and become
// breakdowns and series. These are what the templates, the files to load and
// the API under /api/v1 show, so that none of them can differ. A part that
// cannot be filled says so in its own place.
//
// Every page works without JavaScript, and every state of a page is its
// address. The limits that belong to the connection (deadlines, header size,
// number of connections) are the server's, not this package's.
package httpui
