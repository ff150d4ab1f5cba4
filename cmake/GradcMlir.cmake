# GradcMlir.cmake - finds LLVM/MLIR 22 and defines gradc_library(), gradc_executable() and gradc_tablegen().
set(LLVM_PREFIX /usr/lib/llvm-22 CACHE PATH "where LLVM 22 is installed")
# MLIR 22 refuses a request for "22": ask for the minor version.
find_package(MLIR 22.1 REQUIRED CONFIG HINTS ${LLVM_PREFIX}/lib/cmake/mlir)
list(APPEND CMAKE_MODULE_PATH ${MLIR_CMAKE_DIR} ${LLVM_CMAKE_DIR})
include(TableGen)
include(AddLLVM)
include(AddMLIR)
separate_arguments(GRADC_LLVM_DEFINITIONS UNIX_COMMAND "${LLVM_DEFINITIONS}")

# mlir_tablegen() searches the include directories of its folder.
include_directories(SYSTEM ${LLVM_INCLUDE_DIRS} ${MLIR_INCLUDE_DIRS})
include_directories(${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)

# Flags of every translation unit of ours.
add_compile_options(-Wall -Wextra -Werror -Wno-unused-parameter)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
endif()
if(GRADC_SANITIZE)
  # MLIR has no RTTI, which these two checks of undefined behaviour need.
  add_compile_options(-O1 -g1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize=vptr,function
    -fno-sanitize-recover=undefined)
  add_link_options(-fsanitize=address,undefined)
endif()
if(GRADC_FUZZ)
  # Everything, since units that share a precompiled header share its flags.
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=fuzzer-no-link>)
endif()

function(gradc_subdirectory folder)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/CMakeLists.txt)
    add_subdirectory(${folder})
  endif()
endfunction()

function(gradc_mlir_options target)
  target_compile_definitions(${target} PRIVATE ${GRADC_LLVM_DEFINITIONS})
endfunction()

# LLVM is built without exceptions; the few units of ours that use them say so.
function(gradc_no_exceptions target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>)
  if(GRADC_DEV_PCH)
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:SHELL:-include-pch ${GRADC_DEV_PCH}>)
  elseif(GRADC_PCH AND NOT target STREQUAL GradcPch)
    target_precompile_headers(${target} REUSE_FROM GradcPch)
  endif()
endfunction()

# MLIR's headers take eight seconds a unit; compiled once, two.
option(GRADC_PCH "compile MLIR's headers once" ON)
if(GRADC_PCH AND NOT GRADC_DEV_PCH)
  add_library(GradcPch STATIC ${CMAKE_CURRENT_LIST_DIR}/pch.cpp)
  gradc_mlir_options(GradcPch)
  gradc_no_exceptions(GradcPch)
  target_precompile_headers(GradcPch PRIVATE ${CMAKE_CURRENT_LIST_DIR}/pch.h)
endif()

# gradc_library(NAME sources... [DEPENDS tablegen targets] [LINK libraries] [EXCEPTIONS])
function(gradc_library name)
  cmake_parse_arguments(ARG "EXCEPTIONS" "" "DEPENDS;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  gradc_mlir_options(${name})
  if(NOT ARG_EXCEPTIONS)
    gradc_no_exceptions(${name})
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  target_link_libraries(${name} PUBLIC ${ARG_LINK} MLIR LLVM)
endfunction()

# gradc_executable(NAME sources... [LINK libraries] [EXCEPTIONS])
function(gradc_executable name)
  cmake_parse_arguments(ARG "EXCEPTIONS" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  gradc_mlir_options(${name})
  if(NOT ARG_EXCEPTIONS)
    gradc_no_exceptions(${name})
  endif()
  target_link_libraries(${name} PRIVATE ${ARG_LINK} MLIR LLVM)
endfunction()
