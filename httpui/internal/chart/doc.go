// Package chart draws the charts of the pages as inline SVG: stacked columns,
// shares, bars and sparklines inside a table, a heat map and a coverage strip.
//
// Each chart is a plain value. Its HTML method gives a fragment for a page that
// includes the style sheet of [CSS]; there is no script and no inline style, so
// a strict Content Security Policy holds. Its Table method gives the same data
// as rows, to be printed beside the chart.
//
// Widths are shares of the space there is and heights and letters are pixels,
// so text keeps its size on a narrow screen; labels that would then collide
// are hidden by the style sheet. A fixed viewBox would shrink the letters with
// the picture.
//
// Series differ by pattern as well as by colour. A chart is one image to a
// screen reader, or a group where it holds links; title and description name
// it, and every link says what its column holds.
//
// Texts and addresses come from the caller and are escaped; an address with an
// unsafe scheme is replaced, as html/template does.
package chart
