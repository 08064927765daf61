package chart

// Weave is the path that is laid over the colour of a look, in a tile of 6 by
// 6 pixels.
func (p pattern) Weave() string {
	switch p.Look {
	case Green:
		return "M-1 1L1 -1M-1 7L7 -1M5 7L7 5"
	case Orange:
		return "M-1 5L1 7M-1 -1L7 7M5 -1L7 1"
	case Grey:
		return "M1.5 1.5h0M4.5 4.5h0"
	case Ochre:
		return "M0 1.5H6M0 4.5H6"
	case Pale:
		return "M0 3H6M3 0V6"
	}
	return ""
}
