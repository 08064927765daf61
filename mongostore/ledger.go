package mongostore

import (
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
)

// A ledger is what one writer has counted on one day. Only one instance at a
// time writes it to the base, where it is kept in parts, so that the sums of
// different instances never meet in one document: no server has to add
// anything up, and no transaction is needed.
//
// A sum keeps its place in the ledger, so that publishing it again sets one
// field of one part to a value: it can be repeated at will.
type ledger struct {
	places  map[aggregate.Key]int
	sums    []aggregate.Sum
	changed map[int]struct{} // places not published yet
	whole   bool             // every part is to be written anew
	parts   int              // how many parts the base may have
	used    time.Time        // of the last change
}

func newLedger() *ledger {
	return &ledger{places: make(map[aggregate.Key]int), changed: make(map[int]struct{})}
}

func (l *ledger) add(k aggregate.Key, n int64) {
	at, ok := l.places[k]
	if !ok {
		at = len(l.sums)
		l.places[k] = at
		l.sums = append(l.sums, aggregate.Sum{Key: k})
	}
	l.sums[at].Count += n
	l.changed[at] = struct{}{}
}

func (l *ledger) pending() bool { return l.whole || len(l.changed) > 0 }

// sumsPerPart keeps a part under half a megabyte, far from the 16 MB that a
// document may have.
const sumsPerPart = 2000

// Fields of a part of a ledger in the base.
const (
	fieldWriter   = "writer"
	fieldPart     = "part"
	fieldSums     = "sums"     // an object: place in the ledger to sum
	fieldBy       = "by"       // the instance that wrote the part last
	fieldRevision = "revision" // of that instance
	fieldCount    = "n"
)

func partID(d aggregate.Day, w writer, part int) string {
	return fmt.Sprintf("%d-%d-%d", numberOf(d), w, part)
}

func encodeSum(s aggregate.Sum) bson.D {
	d := bson.D{
		{Key: fieldClientID, Value: s.Key.ClientID},
		{Key: fieldMethod, Value: s.Key.Method},
		{Key: fieldOperation, Value: string(s.Key.Operation)},
	}
	for _, f := range [...]struct{ name, value string }{
		{fieldBank, s.Key.Bank}, {fieldCountry, s.Key.Country}, {fieldError, s.Key.ErrorCode},
	} {
		if f.value != "" {
			d = append(d, bson.E{Key: f.name, Value: f.value})
		}
	}
	return append(d, bson.E{Key: fieldCount, Value: s.Count})
}

// writes returns what brings the ledger of w on day d in the base up to date.
func (l *ledger) writes(d aggregate.Day, w, by writer, revision int64) []mongo.WriteModel {
	head := func(part int) bson.D {
		return bson.D{
			{Key: fieldDay, Value: numberOf(d)},
			{Key: fieldWriter, Value: int64(w)},
			{Key: fieldPart, Value: int32(part)}, //nolint:gosec // a few
			{Key: fieldBy, Value: int64(by)},
			{Key: fieldRevision, Value: revision},
		}
	}
	filter := func(part int) bson.D { return bson.D{{Key: fieldID, Value: partID(d, w, part)}} }
	have := (len(l.sums) + sumsPerPart - 1) / sumsPerPart
	var models []mongo.WriteModel
	if l.whole {
		for part := range max(have, l.parts) { // a part that is not needed any more is emptied
			sums := bson.D{}
			for at := part * sumsPerPart; at < min(len(l.sums), (part+1)*sumsPerPart); at++ {
				sums = append(sums, bson.E{Key: strconv.Itoa(at), Value: encodeSum(l.sums[at])})
			}
			models = append(models, mongo.NewReplaceOneModel().SetUpsert(true).SetFilter(filter(part)).
				SetReplacement(append(head(part), bson.E{Key: fieldSums, Value: sums})))
		}
		return models
	}
	sets := make(map[int]bson.D)
	for at := range l.changed {
		part := at / sumsPerPart
		if sets[part] == nil {
			sets[part] = head(part)
		}
		sets[part] = append(sets[part], bson.E{Key: fieldSums + "." + strconv.Itoa(at), Value: encodeSum(l.sums[at])})
	}
	for part, set := range sets {
		models = append(models, mongo.NewUpdateOneModel().SetUpsert(true).SetFilter(filter(part)).
			SetUpdate(bson.D{{Key: "$set", Value: set}}))
	}
	return models
}

// part is one part of a ledger as it was found in the base.
type part struct {
	day    aggregate.Day
	writer writer
	number int
	sums   map[int]aggregate.Sum // by place
}

func decodePart(raw bson.Raw) (part, error) {
	var doc struct {
		Day    dayNumber `bson:"day"`
		Writer int64     `bson:"writer"`
		Part   int       `bson:"part"`
		Sums   map[string]struct {
			ClientID  string `bson:"clientID"`
			Method    string `bson:"method"`
			Operation string `bson:"operation"`
			Bank      string `bson:"bank"`
			Country   string `bson:"country"`
			Error     string `bson:"error"`
			N         int64  `bson:"n"`
		} `bson:"sums"`
	}
	if err := validate(raw); err != nil {
		return part{}, fmt.Errorf("a day's sums: %w", err)
	}
	if err := bson.Unmarshal(raw, &doc); err != nil {
		return part{}, fmt.Errorf("a day's sums: %w", err)
	}
	p := part{day: doc.Day.day(), writer: writer(doc.Writer), number: doc.Part, sums: make(map[int]aggregate.Sum, len(doc.Sums))}
	for place, s := range doc.Sums {
		at, err := strconv.Atoi(place)
		if err != nil || at/sumsPerPart != doc.Part || at < 0 {
			return part{}, fmt.Errorf("a day's sums: place %q in part %d", place, doc.Part)
		}
		p.sums[at] = aggregate.Sum{
			Key: aggregate.Key{
				ClientID: s.ClientID, Method: s.Method, Operation: event.Operation(s.Operation),
				Bank: s.Bank, Country: s.Country, ErrorCode: s.Error,
			},
			Count: s.N,
		}
	}
	return p, nil
}

// minDocument is the length of an empty document.
const minDocument = 5

// validate does what the driver's decoder takes for granted.
func validate(raw bson.Raw) error {
	if len(raw) < minDocument || binary.LittleEndian.Uint32(raw) != uint32(len(raw)) { //nolint:gosec // 48 MB at most
		return io.ErrUnexpectedEOF // Validate itself trusts the length
	}
	return raw.Validate()
}
