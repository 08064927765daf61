// Package httpui shows authentication statistics to people and programs: the
// pages of TARA-Stat, its JSON interfaces, /status and /metrics, as one
// [http.Handler].
//
// On a host of its own, with what reception has to say:
//
//	pages := httpui.New(store, httpui.Options{
//		Hosts:    []string{"stat.example.ee"},
//		Ingester: in,     // an *ingest.Ingester
//		Syslog:   server, // a *syslogjson.Server
//	})
//	log.Fatal(http.ListenAndServeTLS(":8443", "http.crt", "http.key", pages))
//
// Below a path of another program, behind its authentication; no address in any
// answer leaves the path, and the audit of deletions names the program's user:
//
//	mux.Handle("/stats/", signedIn(httpui.New(store, httpui.Options{
//		Prefix: "/stats", User: nameOfUser, Hosts: []string{"intranet.example.ee"},
//	})))
//
// examples/mounted is that as a program. Without Hosts, only localhost is served.
//
// # Addresses
//
//	GET    /                    overview
//	GET    /kliendid            client applications; /kliendid/{id} is one of them
//	GET    /meetodid            methods, banks, countries and errors
//	GET    /stat                the specification's table; JSON for programs
//	GET    /andmed              the log base, and reception
//	GET    /andmed/kustutamine  deletion: preview and audit
//	POST   /andmed/kustutamine  deletes what was previewed; see below
//	GET    /abi                 help
//	GET    /abi/api             the API, for people
//	GET    /ligipaasetavus      accessibility
//	GET    /static/             styles and scripts
//	GET    /api/v1/summary      and series, clients, methods, banks, countries, errors, stat, coverage, bounds
//	GET    /api/v1/openapi.json the API, for programs
//	GET    /status              200 when records can be written and read and those received are stored
//	GET    /live                200 while the process answers
//	GET    /metrics             for Prometheus
//	GET    /heartbeat.json      version and times
//	GET    /standard            successful authentications; the old service's JSON
//	GET    /kirjeid             records; the same
//	GET    /alates              day of the oldest record; the same
//	DELETE /kustuta             deletes the period p at once; the same
//
// [Options].NoDeletion takes away the three for deletion, NoOldAddresses the
// last four and the JSON of /stat: they are answered with 404.
//
// One cookie is set, when somebody chooses a language: tarastat_lang, for the path
// of the pages, Secure (so not over plain HTTP), HttpOnly, for a year.
//
// # What protects what
//
// Nobody logs in (specification, section 2.2): access is limited by the
// network, or by the program that mounts the pages. The handler defends itself
// against what a browser inside that network can be made to do. It serves only
// the host names it was told (421 otherwise), refuses requests from other sites
// for everything but GET (403), and sends a content security policy that allows
// nothing from outside and nothing inline.
//
// The page of deletion removes only what somebody has seen counted and has
// confirmed by typing the period. DELETE /kustuta asks nothing: whoever may send
// it deletes a period that has both ends, with one request, and the audit tells.
//
// # How it is made
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
