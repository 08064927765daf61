package aggregate

import (
	"fmt"
	"regexp"
	"regexp/syntax"
)

// Limits of an expression, which anybody may write into an address.
const (
	// MaxExprBytes bounds the text of an expression.
	MaxExprBytes = 200

	// MaxExprProgram bounds the number of instructions that an expression
	// compiles to. A text as short as (.?){1000}, written several times,
	// compiles to many thousands, each of which may be tried on every record;
	// those that people write take less than a hundred.
	MaxExprProgram = 500
)

var (
	errLong    = fmt.Errorf("longer than %d bytes", MaxExprBytes)
	errComplex = fmt.Errorf("compiles to more than %d instructions", MaxExprProgram)
)

// exprLayout is the form of the local time that an expression is matched
// against.
const exprLayout = "2006-01-02T15:04:05"

// parseExpr compiles an expression within the limits.
func parseExpr(text string) (*regexp.Regexp, error) {
	if len(text) > MaxExprBytes {
		return nil, errLong
	}
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return nil, err
	}
	if len(prog.Inst) > MaxExprProgram {
		return nil, errComplex
	}
	return regexp.Compile(text)
}
