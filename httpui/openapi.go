package httpui

import (
	"encoding"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/address"
	"github.com/e-gov/tarastat/httpui/internal/web"
	"github.com/e-gov/tarastat/report"
)

// apiParam is one parameter of an endpoint.
type apiParam struct {
	name, text string
	example    string
	values     []string // nil for any text
}

func periodParams() []apiParam {
	return []apiParam{{
		name: address.Period, example: "2018-04",
		text: "Period: a year, quarter, month, ISO week, day or hour, a range of these, or a regular expression (RE2). " +
			"Empty for everything; absent for this month.",
	}}
}

func filterParams() []apiParam {
	return []apiParam{
		{name: address.Client, text: "Only this client application.", example: "openIdDemo"},
		{name: address.Method, text: "Only this method.", example: event.MethodBankLink},
		{name: address.Bank, text: "Only this bank.", example: "SEB"},
		{name: address.Country, text: "Only this country.", example: "FI"},
		{name: address.Error, text: "Only failures with this error code.", example: "USER_CANCEL"},
	}
}

func compareParam() apiParam {
	return apiParam{
		name: address.Compare, text: "What to compare with; absent for previous.", example: "lastyear",
		values: []string{"none", "previous", "lastyear"},
	}
}

func stepParam() apiParam {
	return apiParam{
		name: address.Step, text: "Step; absent for one that fits the period. One that makes too many steps is lengthened.", example: "week",
		values: []string{"hour", "day", "week", "month", "quarter", "year"},
	}
}

// object is a JSON object with its members sorted by name.
type object map[string]any

// openAPI describes the API as OpenAPI 3.1 has it. Schemas come from the types
// of the answers.
func openAPI(version string, root web.Root) object {
	if version == "" {
		version = "0"
	}
	schemas := object{}
	paths := object{}
	problem := object{
		"description": "An error, with its ERR code where one fits.",
		"content":     object{"application/problem+json": object{"schema": schemaOf(reflect.TypeFor[Problem](), schemas)}},
	}
	for _, e := range endpoints() {
		params := []object{}
		for _, p := range e.params {
			schema := object{"type": "string"}
			if p.values != nil {
				schema["enum"] = p.values
			}
			params = append(params, object{
				"name": p.name, "in": "query", "description": p.text, "example": p.example, "schema": schema,
			})
		}
		paths[apiRoot+e.path] = object{"get": object{
			"summary":     e.summary,
			"operationId": strings.TrimPrefix(e.path, "/"),
			"parameters":  params,
			"responses": object{
				"200": object{
					"description": http.StatusText(http.StatusOK),
					"headers":     object{"ETag": object{"schema": object{"type": "string"}}},
					"content":     object{"application/json": object{"schema": schemaOf(reflect.TypeOf(e.result), schemas)}},
				},
				"304": object{"description": "What If-None-Match names still holds."},
				"400": problem, "503": problem,
			},
		}}
	}
	description := object{
		"openapi": "3.1.0",
		"info": object{
			"title": "TARA-Stat", "version": version,
			"description": "Statistics of authentications by TARA. Days, weeks and months are civil units of the configured zone.",
		},
		"paths":      paths,
		"components": object{"schemas": schemas},
	}
	if root != "" {
		description["servers"] = []object{{"url": root}}
	}
	return description
}

// schemaOf returns the schema of a type. That of a struct goes into schemas,
// and a reference to it is returned.
func schemaOf(t reflect.Type, schemas object) object {
	switch {
	case t.Kind() == reflect.Pointer:
		return object{"anyOf": []object{schemaOf(t.Elem(), schemas), {"type": "null"}}}
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[report.Period]():
		return schemaOf(reflect.TypeFor[apiPeriod](), schemas)
	case t == reflect.TypeFor[aggregate.Day]():
		return object{"type": "string", "format": "date"}
	case t.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return object{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Slice:
		return object{"type": "array", "items": schemaOf(t.Elem(), schemas)}
	case reflect.Struct:
		name := schemaName(t)
		if _, done := schemas[name]; !done {
			schemas[name] = object{} // for types that hold themselves
			properties, required := object{}, []string{}
			members(t, schemas, properties, &required)
			schemas[name] = object{"type": "object", "properties": properties, "required": required}
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

// schemaName is the name of a type without what marks it as the API's.
func schemaName(t reflect.Type) string {
	name := strings.TrimPrefix(t.Name(), "api")
	return strings.ToUpper(name[:1]) + name[1:]
}

// members adds the members of a struct as encoding/json writes them.
func members(t reflect.Type, schemas, properties object, required *[]string) {
	for f := range t.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			members(f.Type, schemas, properties, required)
			continue
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		schema := schemaOf(f.Type, schemas)
		if text := f.Tag.Get("doc"); text != "" {
			schema["description"] = text
		}
		properties[name] = schema
		if options != "omitempty" {
			*required = append(*required, name)
		}
	}
}

// specification is the description as it is served.
func specification(version string, root web.Root) []byte {
	body, err := json.MarshalIndent(openAPI(version, root), "", "  ")
	if err != nil {
		panic(err) // it consists of texts and lists of texts
	}
	return body
}

// apiPeriod is a [report.Period] as its JSON has it.
type apiPeriod struct {
	Text string     `json:"text" doc:"As it is written in an address; empty for everything."`
	From *time.Time `json:"from" doc:"First instant; null when there is no beginning."`
	To   *time.Time `json:"to" doc:"First instant after the period; null when there is no end."`
}
