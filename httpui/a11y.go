package httpui

import "net/http"

// accessibilityPath is the page of the accessibility statement.
const accessibilityPath = "/ligipaasetavus"

func (h *Handler) accessibility(w http.ResponseWriter, r *request) error {
	t := r.text.T
	data := []string{
		t("a11y.keyboard"), t("a11y.charts"), t("a11y.contrast"), t("a11y.zoom"), t("a11y.noJS"), t("a11y.motion"),
	}
	return r.render(w, &page{name: "a11y", title: t("a11y.title"), view: r.parseView(), data: data})
}
