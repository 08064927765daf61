package mongostore

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// Fields of a record. The first six are the specification's (section 2.1);
// the others stand beside them.
const (
	fieldTime      = "time"
	fieldClientID  = "clientID"
	fieldMethod    = "method"
	fieldBank      = "bank"
	fieldOperation = "operation"
	fieldError     = "error"

	fieldID      = "_id"     // the record ID; an ObjectId or anything else in records that are not ours
	fieldCountry = "country" // only where there is one
	fieldDay     = "day"     // the local day, see dayNumber; a record without it was not counted yet
	fieldHour    = "hour"    // the local hour
	fieldInstant = "instant" // the exact time, to the millisecond
	fieldNanos   = "nanos"   // what the instant lacks, in nanoseconds; only where there is any
	fieldBatch   = "batch"   // who wrote the record, see batchNumber

	// fieldOldClientID is how the old service wrote the client.
	fieldOldClientID = "clientId"
)

// A batchNumber says which writer kept a record, and in which of its batches.
// Records that no Store wrote have none, and belong to writer 0.
type batchNumber int64

const batchBits = 40

func batchOf(w writer, n int64) batchNumber { return batchNumber(int64(w)<<batchBits | n) }
func (b batchNumber) writer() writer        { return writer(b >> batchBits) }

// codec turns records into documents and back.
type codec struct{ loc *time.Location }

func (c codec) day(t time.Time) aggregate.Day { return aggregate.DayOf(t, c.loc) }

func (c codec) encode(r logbase.Record, batch batchNumber) bson.D {
	d := bson.D{
		{Key: fieldID, Value: r.ID},
		{Key: fieldTime, Value: r.TimeText},
		{Key: fieldClientID, Value: r.ClientID},
		{Key: fieldMethod, Value: r.Method},
	}
	optional := func(name, value string) {
		if value != "" {
			d = append(d, bson.E{Key: name, Value: value})
		}
	}
	optional(fieldBank, r.Bank)
	d = append(d, bson.E{Key: fieldOperation, Value: string(r.Operation)})
	optional(fieldError, r.Error)
	optional(fieldCountry, r.Country)
	d = append(d,
		bson.E{Key: fieldDay, Value: numberOf(c.day(r.Time))},
		bson.E{Key: fieldHour, Value: int32(r.Time.In(c.loc).Hour())}, //nolint:gosec // below 24
		bson.E{Key: fieldInstant, Value: primitive.NewDateTimeFromTime(r.Time)},
	)
	if nanos := r.Time.Nanosecond() % int(time.Millisecond); nanos != 0 {
		d = append(d, bson.E{Key: fieldNanos, Value: int32(nanos)})
	}
	return append(d, bson.E{Key: fieldBatch, Value: int64(batch)})
}

// kept is a record as it was found in the base.
type kept struct {
	logbase.Record
	id    bson.RawValue // as it stands there
	day   dayNumber     // as it stands there
	batch batchNumber
}

// decode reads any document. What is missing or of another type is left
// empty; a time that cannot be read is zero. The texts of records that are not
// ours are made fit to show, as [event.Parse] would have.
func (c codec) decode(raw bson.Raw) (kept, error) {
	var k kept
	if err := validate(raw); err != nil {
		return k, err
	}
	elements, err := raw.Elements()
	if err != nil {
		return k, err
	}
	var instant time.Time
	var nanos int64
	for _, e := range elements {
		v := e.Value()
		switch e.Key() {
		case fieldID:
			k.id, k.ID = v, recordID(v)
		case fieldTime:
			k.TimeText = text(v)
		case fieldClientID, fieldOldClientID:
			if k.ClientID == "" {
				k.ClientID = text(v)
			}
		case fieldMethod:
			k.Method = text(v)
		case fieldBank:
			k.Bank = text(v)
		case fieldOperation:
			k.Operation = event.Operation(text(v))
		case fieldError:
			k.Error = text(v)
		case fieldCountry:
			k.Country = text(v)
		case fieldDay:
			n, _ := v.AsInt64OK()
			k.day = dayNumber(n) //nolint:gosec // written by us from an int32
		case fieldInstant:
			if ms, ok := v.DateTimeOK(); ok {
				instant = time.UnixMilli(ms)
			}
		case fieldNanos:
			nanos, _ = v.AsInt64OK()
		case fieldBatch:
			n, _ := v.AsInt64OK()
			k.batch = batchNumber(n)
		}
	}
	if instant.IsZero() {
		k.Time, _ = readTime(k.TimeText, c.loc)
	} else {
		k.Time = instant.Add(time.Duration(nanos)).In(c.loc)
	}
	if k.batch == 0 {
		k.Error = event.MaskText(k.Error)
	}
	if k.Operation != event.Failed {
		k.Error = ""
	}
	return k, nil
}

// text reads a value as text: the old service kept whatever type a sender
// used.
func text(v bson.RawValue) string {
	switch v.Type {
	case bson.TypeString:
		s, _ := v.StringValueOK()
		return tidy(s)
	case bson.TypeDateTime:
		t, _ := v.TimeOK()
		return t.UTC().Format("2006-01-02T15:04:05.999Z")
	case bson.TypeInt32, bson.TypeInt64:
		n, _ := v.AsInt64OK()
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// tidy bounds a text and makes it valid UTF-8.
func tidy(s string) string {
	if len(s) <= event.DefaultMaxFieldBytes && utf8.ValidString(s) {
		return s
	}
	n := min(len(s), event.DefaultMaxFieldBytes)
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.ToValidUTF8(s[:n], "\uFFFD")
}

// readTime reads the time of any record. It is more lenient than
// [event.ParseTime], since the record is there already: a blank may stand for
// the T and a comma for the point, and where the time of day is beyond
// reading, the day counts.
func readTime(s string, loc *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(s)
	const date = len(time.DateOnly)
	if t, err := event.ParseTime(s, loc); err == nil {
		return t, true
	}
	if len(s) < date {
		return time.Time{}, false
	}
	clock := strings.TrimLeft(s[date:], " tT")
	clock = strings.ToUpper(strings.Replace(clock, ",", ".", 1))
	if t, err := event.ParseTime(s[:date]+"T"+clock, loc); err == nil {
		return t, true
	}
	t, err := event.ParseTime(s[:date], loc)
	return t, err == nil
}
