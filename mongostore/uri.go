package mongostore

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
)

// hidden stands where a secret stood.
const hidden = "***"

// Redact returns uri fit for a log: the password and other secrets are
// replaced by "***". It takes any text, also one that is no proper URI, and
// rather hides too much.
func Redact(uri string) string {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok {
		scheme, rest = "", uri
	} else {
		scheme += "://"
	}
	// A password may hold any character, by mistake also an unescaped one, so
	// it reaches to the last @ there is.
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, _, _ := strings.Cut(rest[:at], ":")
		if strings.ContainsAny(user, "/?@") {
			user = ""
		}
		rest = user + ":" + hidden + rest[at:]
	} else if password := misplaced(rest); password != "" {
		rest = strings.Replace(rest, ":"+password, ":"+hidden, 1)
	}
	secret := regexp.MustCompile(`(?i)([?&][^=&]*(?:password|token|secret|properties|credential)[^=&]*=)[^&]*`)
	return scheme + secret.ReplaceAllString(rest, "${1}"+hidden)
}

// misplaced returns what stands where ports should and are none: the password,
// when the @ after it was forgotten.
func misplaced(rest string) string {
	if end := strings.IndexAny(rest, "/?"); end >= 0 {
		rest = rest[:end]
	}
	_, password, _ := strings.Cut(rest, ":")
	for host := range strings.SplitSeq(rest, ",") {
		_, port, _ := strings.Cut(host, ":")
		if strings.Trim(port, "0123456789") != "" && !strings.HasPrefix(host, "[") { // no IPv6 address
			return password
		}
	}
	return ""
}

// secrets returns what of uri must appear in no text, as it was written and as
// it was meant.
func secrets(uri string) []string {
	var found []string
	add := func(s string) {
		for _, v := range []string{s, unescape(s)} {
			if v != "" {
				found = append(found, v, url.QueryEscape(v), url.PathEscape(v))
			}
		}
	}
	_, rest, _ := strings.Cut(uri, "://")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		_, password, _ := strings.Cut(rest[:at], ":")
		add(password)
	} else {
		add(misplaced(rest))
	}
	_, query, _ := strings.Cut(rest, "?")
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if Redact("?"+pair) != "?"+pair && name != "" {
			add(value)
		}
	}
	return found
}

func unescape(s string) string {
	if v, err := url.PathUnescape(s); err == nil {
		return v
	}
	return s
}

// scrubbed is an error without the secrets of the URI in its text. Its cause
// answers errors.Is but is handed to nobody, since somebody would print it.
type scrubbed struct {
	err     error
	secrets []string
}

// scrub wraps err if its text holds a secret.
func scrub(err error, secrets []string) error {
	if err == nil {
		return nil
	}
	for _, s := range secrets {
		if strings.Contains(err.Error(), s) {
			return &scrubbed{err, secrets}
		}
	}
	return err
}

func (e *scrubbed) Error() string {
	text := e.err.Error()
	for _, s := range e.secrets {
		text = strings.ReplaceAll(text, s, hidden)
	}
	return text
}

// Is makes errors.Is see the causes without handing them out.
func (e *scrubbed) Is(target error) bool { return errors.Is(e.err, target) }
