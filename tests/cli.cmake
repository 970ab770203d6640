# The program as its users meet it. tests/cli_*.sh: BROWNOUT SOURCE_DIRECTORY
function(bo_cli_test name)
  add_test(NAME cli.${name}
    COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cli_${name}.sh $<TARGET_FILE:brownout> ${PROJECT_SOURCE_DIR})
  if(BO_SANITIZE) # a hundred times as slow on a processor for which oneDNN is not exact
    set_tests_properties(cli.${name} PROPERTIES ENVIRONMENT BO_TEST_IMAGES=20)
  endif()
endfunction()

bo_cli_test(refusals)
bo_cli_test(help)
bo_cli_test(inspect)
bo_cli_test(topology)
bo_cli_test(run)
bo_cli_test(tick)
bo_cli_test(options)
bo_cli_test(sweep)
bo_cli_test(faulty)
bo_cli_test(masks)
bo_cli_test(generate)
bo_cli_test(vectors)
bo_cli_test(import)
bo_cli_test(profile_show)
bo_cli_test(profile_check)
