package httpui

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// tokenLife is how long a preview of a deletion may be confirmed.
const tokenLife = 5 * time.Minute

// A preview token proves that somebody was shown, by this process and not
// longer than tokenLife ago, how much a deletion of the period removes. It is
// the expiry, the count and the newest id in 8 bytes each, then an HMAC over
// these and the period.
const tokenFields = 3 * 8

func (h *Handler) previewToken(p aggregate.Period, e logbase.Extent, now time.Time) string {
	b := make([]byte, 0, tokenFields+sha256.Size)
	for _, v := range []int64{now.Add(tokenLife).Unix(), e.Records, e.UpTo} {
		b = binary.BigEndian.AppendUint64(b, uint64(v)) //nolint:gosec // read back the same way
	}
	return base64.RawURLEncoding.EncodeToString(append(b, h.tokenMAC(b, p)...))
}

// previewed returns the extent that the token was given out for. It reports
// false when the token is not ours, is for another period or has expired.
func (h *Handler) previewed(token string, p aggregate.Period, now time.Time) (records, upTo int64, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != tokenFields+sha256.Size || !hmac.Equal(b[tokenFields:], h.tokenMAC(b[:tokenFields], p)) {
		return 0, 0, false
	}
	field := func(i int) int64 { return int64(binary.BigEndian.Uint64(b[8*i:])) } //nolint:gosec // see previewToken
	return field(1), field(2), now.Unix() <= field(0)
}

func (h *Handler) tokenMAC(fields []byte, p aggregate.Period) []byte {
	mac := hmac.New(sha256.New, h.deleteKey)
	mac.Write(fields)
	mac.Write([]byte(p.String()))
	return mac.Sum(nil)
}
