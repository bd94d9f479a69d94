package credentials

import "testing"

func TestCommonPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	for password, refused := range map[string]bool{
		"password123": true, "Password1234!": true, "P@ssw0rd2024": true, "1234567890": true, "0987654321": true, "qwertyuiop": true, "1q2w3e4r5t": true, "iloveyou12": true,
		"adminadmin": true, "welcome2025!": true, "summer2026!!": true, "aaaaaaaaaaaa": true, "abcabcabcabc": true, "123123123123": true, "letmeinletmein": true, "changeme123": true,
		"1qaz2wsx3edc": true, "administrator1": true, "12.12.1999.12": true,
		"correct horse battery": false, "a lantern by the quay": false, "four words of mine": false, "ten chars!": false, "tr0ub4dor&3x": false, "Vq8#mLz2!pRt": false,
	} {
		if err := CheckPassword(password); (err != nil) != refused {
			t.Errorf("CheckPassword(%q) = %v, want refused: %t", password, err, refused)
		}
	}
}
