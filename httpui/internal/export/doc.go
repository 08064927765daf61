// Package export writes a table of a page as a file: CSV (RFC 4180), JSON
// (RFC 8259) or XLSX (ISO/IEC 29500).
//
// Numbers stay numbers and dates stay dates. A text that a spreadsheet would
// take for a formula is made inert: in CSV by an apostrophe in front of it, in
// XLSX by its type.
package export
