# CompareJson.cmake - runs the traced PROGRAM and compares what it writes with EXPECTED, byte for byte.
file(REMOVE ${OUTPUT})
execute_process(COMMAND ${PROGRAM} -o ${OUTPUT} RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} returned ${status}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${OUTPUT} ${EXPECTED}
  RESULT_VARIABLE status)
if(NOT status EQUAL 0)
  message(FATAL_ERROR "${OUTPUT} differs from ${EXPECTED}")
endif()
