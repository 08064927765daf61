// Package importer holds nothing but tests: what somebody gets who imports this
// module, whose own go.mod names no more than that. The module is packed as it
// would be published and fetched from a file, so that what is missing from the
// pack, or only works beside the repository, is noticed.
package importer
