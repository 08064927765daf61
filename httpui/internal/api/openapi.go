package api

import (
	"cmp"
	"encoding"
	"encoding/json"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/report"
)

// Param is one parameter of an endpoint.
type Param struct {
	Name, Text string // the text is in English
	Example    string
	values     []string // nil for any text
}

// params are all parameters: the period, then what filters, what is compared
// and the step. An endpoint takes the first few of them.
func params() []Param {
	return []Param{
		{
			Name: address.Period, Example: "2018-04",
			Text: "Period: a year, quarter, month, ISO week, day or hour, a range of these, or a regular expression (RE2). " +
				"Empty for everything; absent for this month.",
		},
		{Name: address.Client, Text: "Only this client application.", Example: "openIdDemo"},
		{Name: address.Method, Text: "Only this method.", Example: event.MethodBankLink},
		{Name: address.Bank, Text: "Only this bank.", Example: "SEB"},
		{Name: address.Country, Text: "Only this country.", Example: "FI"},
		{Name: address.Error, Text: "Only failures with this error code.", Example: "USER_CANCEL"},
		{
			Name: address.Compare, Text: "What to compare with; absent for previous.", Example: "lastyear",
			values: []string{"none", "previous", "lastyear"},
		},
		{
			Name: address.Step, Text: "Step; absent for one that fits the period. One that makes too many steps is lengthened.", Example: "week",
			values: []string{"hour", "day", "week", "month", "quarter", "year"},
		},
	}
}

// object is a JSON object with its members sorted by name.
type object map[string]any

// description describes the API as OpenAPI 3.1 has it. Schemas come from the
// types of the answers, with the text of each member in its tag doc.
func description(version string, root web.Root) []byte {
	s := schemas{}
	problem := object{
		"description": "An error, with its ERR code where one fits.",
		"content":     object{"application/problem+json": object{"schema": s.of(reflect.TypeFor[problem]())}},
	}
	paths := object{}
	for _, e := range Endpoints() {
		params := []object{}
		for _, p := range e.Params {
			schema := object{"type": "string"}
			if p.values != nil {
				schema["enum"] = p.values
			}
			params = append(params, object{
				"name": p.Name, "in": "query", "description": p.Text, "example": p.Example, "schema": schema,
			})
		}
		paths[e.Path] = object{"get": object{
			"summary":     e.Summary,
			"operationId": path.Base(e.Path),
			"parameters":  params,
			"responses": object{
				"200": object{
					"description": http.StatusText(http.StatusOK),
					"headers":     object{"ETag": object{"schema": object{"type": "string"}}},
					"content":     object{"application/json": object{"schema": s.of(reflect.TypeOf(e.result))}},
				},
				"304": object{"description": "What If-None-Match names still holds."},
				"400": problem, "503": problem,
			},
		}}
	}
	out := object{
		"openapi": "3.1.0",
		"info": object{
			"title": "TARA-Stat", "version": cmp.Or(version, "0"),
			"description": "Statistics of authentications by TARA. Days, weeks and months are civil units of the configured zone.",
		},
		"paths":      paths,
		"components": object{"schemas": s},
	}
	if root != "" {
		out["servers"] = []object{{"url": root}}
	}
	body, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		panic(err) // it consists of texts and lists of texts
	}
	return body
}

// period is a [report.Period] as it writes itself.
type period struct {
	Text string     `json:"text" doc:"As it is written in an address; empty for everything."`
	From *time.Time `json:"from" doc:"First instant; null when there is no beginning."`
	To   *time.Time `json:"to" doc:"First instant after the period; null when there is no end."`
}

// schemas are those of structs, by name.
type schemas map[string]object

// of returns the schema of a type: of a struct, a reference to it.
func (s schemas) of(t reflect.Type) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return object{"anyOf": []object{s.of(t.Elem()), {"type": "null"}}}
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[aggregate.Day]():
		return object{"type": "string", "format": "date"}
	case t == reflect.TypeFor[report.Period]():
		return s.of(reflect.TypeFor[period]())
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Slice:
		return object{"type": "array", "items": s.of(t.Elem())}
	case reflect.Struct:
		name := strings.ToUpper(t.Name()[:1]) + t.Name()[1:]
		if _, done := s[name]; !done {
			s[name] = object{} // for types that hold themselves
			properties, required := object{}, []string{}
			s.members(t, properties, &required)
			s[name] = object{"type": "object", "properties": properties, "required": required}
		}
		return object{"$ref": "#/components/schemas/" + name}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer", "format": "int64"}
	case reflect.Float64:
		return object{"type": "number", "format": "double"}
	case reflect.Bool:
		return object{"type": "boolean"}
	default:
		return object{"type": "string"}
	}
}

// members adds the members of a struct as encoding/json writes them.
func (s schemas) members(t reflect.Type, properties object, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			s.members(f.Type, properties, required)
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		schema := s.of(f.Type)
		if text := f.Tag.Get("doc"); text != "" {
			schema["description"] = text
		}
		properties[name] = schema
		if options != "omitempty" {
			*required = append(*required, name)
		}
	}
}
