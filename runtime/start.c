// start.c - the entry point of executables, so that linking needs no C compiler's start files.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// glibc from 2.34 on runs constructors itself, so `_start` has only to hand over the stack that the
// kernel made: argc, argv and the environment. `fini` is what the dynamic linker left in a register
// (System V ABI, "process initialization").
int main(int argc, char **argv);
int __libc_start_main(int (*)(int, char **), int, char **, void (*)(void), void (*)(void),
                      void (*)(void), void *);
void _start(void);
void gradc_start(void (*fini)(void), long *stack);

__attribute__((noreturn, used, visibility("hidden"))) void gradc_start(void (*fini)(void),
                                                                       long *stack) {
  __libc_start_main(main, (int)stack[0], (char **)(stack + 1), 0, 0, fini, stack);
  __builtin_unreachable();
}

#if defined(__x86_64__)
__asm__(".text\n.globl _start\n.type _start,@function\n_start:\n"
        "  xor %ebp, %ebp\n  mov %rdx, %rdi\n  mov %rsp, %rsi\n  and $-16, %rsp\n  call "
        "gradc_start\n  hlt\n"
        ".size _start, . - _start\n");
#elif defined(__aarch64__)
__asm__(
    ".text\n.globl _start\n.type _start,%function\n_start:\n"
    "  mov x29, #0\n  mov x30, #0\n  mov x1, sp\n  and sp, x1, #-16\n  bl gradc_start\n  brk #1\n"
    ".size _start, . - _start\n");
#else
#error "no entry point for this processor"
#endif
