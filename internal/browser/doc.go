// Package browser drives a real browser for tests of pages: a headless
// Chromium, which is asked to do what a person does (click what a text names,
// press keys, go back) and tells what a person or an auditor would notice:
// requests, messages on the console, violations of the content security policy,
// boxes that pop up, and what axe-core finds against WCAG.
//
// A [Browser] is one process, a [Tab] one person's first visit, with cookies and
// a cache of its own. Every method that meets an error ends the test, so a tab
// belongs to the goroutine of its test.
//
// scripts/setup.sh installs Chromium and axe-core. Where one is missing the
// test is skipped, or fails when CI=true.
package browser
