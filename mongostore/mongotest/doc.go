// Package mongotest gives tests a MongoDB server, like net/http/httptest gives
// them an HTTP server.
//
// The server is FerretDB, which speaks MongoDB's wire protocol over SQLite
// files; it is built once and kept in the user's cache directory. It knows no
// accounts and no replica sets, and searches without indexes, so tests keep
// their data small. When the environment variable TARASTAT_TEST_MONGODB_URI
// names a server, tests run on that one instead, each in a database of its
// own; only those that stop, freeze or kill their server still start FerretDB.
package mongotest
