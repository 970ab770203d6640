/**
 * @file simd.h
 * Plain loops, compiled once for each vector width and chosen when the program starts. Every loop
 * under this attribute works on integers, or on floats element by element: the width of a vector
 * changes no bit of a result.
 */
#ifndef BO_BASE_SIMD_H
#define BO_BASE_SIMD_H

/* Clang 14 names the function that chooses otherwise than its callers in other files do. */
#if defined(__x86_64__) && defined(__linux__) && !defined(__clang__)
#define BO_SIMD_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define BO_SIMD_CLONES
#endif

#endif
