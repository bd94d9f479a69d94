/*
 * bcryptprimitives.dll for Wine 8, which has none: what Go programs need of it,
 * and one answer of Wine's put right. It is in Wine's prefix only; the programs
 * under test are the very bytes that go to a host.
 *
 * 1. ProcessPrng, from which every Go program takes its random numbers.
 *
 * 2. Wine does not know FileDispositionInformationEx (removing a file "the POSIX
 *    way", Windows 10 1607) and answers STATUS_NOT_IMPLEMENTED. A Windows that is
 *    older than that answers STATUS_INVALID_INFO_CLASS, upon which Go falls back
 *    to the way that both know. So this makes Wine answer as such a Windows does:
 *    the removing itself is Go's and Wine's own. All Go programs load this library
 *    before anything else, so its start is the place.
 */
#include <string.h>
#include <windows.h>

#define RtlGenRandom SystemFunction036 /* the name it is exported by */
BOOLEAN NTAPI RtlGenRandom(PVOID, ULONG);

__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE to, SIZE_T n)
{
	while (n > 0) {
		ULONG part = n > 1 << 28 ? 1 << 28 : (ULONG)n;
		if (!RtlGenRandom(to, part))
			return FALSE;
		to += part;
		n -= part;
	}
	return TRUE;
}

enum { DISPOSITION_INFORMATION_EX = 64, THUNK = 64 };
#define INVALID_INFO_CLASS ((LONG)0xC0000003)

typedef LONG NTAPI set_information(HANDLE, PVOID, PVOID, ULONG, ULONG);
static set_information *wines;

static LONG NTAPI answer(HANDLE h, PVOID status, PVOID info, ULONG size, ULONG class)
{
	if (class == DISPOSITION_INFORMATION_EX)
		return INVALID_INFO_CLASS;
	return wines(h, status, info, size, class);
}

/* instead: the function at its own address begins with a jump to ours; a copy of
 * it stands elsewhere (system calls are short and need no relocation). */
static BOOL instead(BYTE *of)
{
	static const BYTE load_r10[] = {0x4c, 0x8b, 0xd1, 0xb8}; /* how a system call begins */
	BYTE jump[12] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};
	void *to = answer;
	DWORD was;
	if (!of || memcmp(of, load_r10, sizeof load_r10) != 0)
		return FALSE; /* another Wine: leave it alone, and the tests say what it lacks */
	BYTE *copy = VirtualAlloc(NULL, THUNK, MEM_COMMIT | MEM_RESERVE, PAGE_EXECUTE_READWRITE);
	if (!copy || !VirtualProtect(of, THUNK, PAGE_EXECUTE_READWRITE, &was))
		return FALSE;
	memcpy(copy, of, THUNK);
	wines = (set_information *)(void *)copy;
	memcpy(jump + 2, &to, sizeof to);
	memcpy(of, jump, sizeof jump);
	return VirtualProtect(of, THUNK, was, &was);
}

BOOL WINAPI DllMain(HINSTANCE self, DWORD why, LPVOID reserved)
{
	(void)reserved;
	if (why == DLL_PROCESS_ATTACH) {
		DisableThreadLibraryCalls(self);
		instead((BYTE *)(void *)GetProcAddress(GetModuleHandleA("ntdll.dll"), "NtSetInformationFile"));
	}
	return TRUE;
}
