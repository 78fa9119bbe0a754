namespace WasmChord.Memory64.Tests.Guests;

public sealed class GuestValueTests
{
    private const string Echo = """
        (module
          (func (export "i32") (param i32) (result i32) (local.get 0))
          (func (export "i64") (param i64) (result i64) (local.get 0))
          (func (export "f32") (param f32) (result f32) (local.get 0))
          (func (export "f64") (param f64) (result f64) (local.get 0))
          (func (export "all") (param i32 i64 f32 f64) (result f64 f32 i64 i32) (local.get 3) (local.get 2) (local.get 1) (local.get 0))
          (func (export "vector") (param v128))
          (func (export "reference") (result funcref) (ref.null func))
          (func (export "many") (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.sub (local.get 0) (local.get 19)))
          (memory (export "notfunction") 1))
        """;

    [Fact]
    public void Invoke_ValuesOfEveryType_ComeBackToTheBit()
    {
        using CallingGuest guest = CallingGuest.From(Echo);
        GuestValue[] values =
        [
            int.MinValue, int.MaxValue, -1, 0, long.MinValue, long.MaxValue, (1L << 53) + 1, -1L,
            0f, -0f, 1.5f, float.NaN, float.NegativeInfinity, float.Epsilon, float.MaxValue,
            0d, -0d, Math.PI, double.NaN, double.PositiveInfinity, double.Epsilon, double.MaxValue,
        ];
        foreach (GuestValue value in values)
        {
            GuestResult result = guest.Guest.Invoke(value.Kind.ToString().ToLowerInvariant(), value);
            Assert.Equal(value, Assert.Single(result.Values));
        }

        GuestResult all = guest.Guest.Invoke("all", 7, -8L, 0.5f, -0.25);
        Assert.Equal([-0.25, 0.5f, -8L, 7], all.Values);
        GuestValue[] many = [.. Enumerable.Range(0, 20).Select(i => (GuestValue)i)];
        Assert.Equal(-19, guest.Call("many", many));
    }

    [Fact]
    public void Invoke_FunctionOrArgumentsThatDoNotFit_IsSaidAndTheGuestGoesOn()
    {
        using CallingGuest guest = CallingGuest.From(Echo);
        (string Name, GuestValue[] Arguments)[] wrong =
        [
            ("nothing", []), ("", []), ("notfunction", []), ("i32", []), ("i32", [1, 2]), ("i32", [1L]), ("i64", [1]), ("f32", [1.0]), ("f64", [1f]),
            ("vector", [1]), ("reference", []),
        ];
        foreach ((string name, GuestValue[] arguments) in wrong)
        {
            GuestResult result = guest.Guest.Invoke(name, arguments);
            Assert.Equal(GuestEnd.NoSuchFunction, result.End);
            Assert.NotEmpty(result.Text);
        }

        Assert.False(guest.Guest.HasEnded);
        Assert.Equal(5, guest.Call("i32", 5));
        foreach (string text in new[] { "", "x", "1.5", "4294967296", "-2147483649", "0x10", "1e3" })
            Assert.Equal(GuestEnd.NoSuchFunction, guest.Guest.InvokeText("i32", [text]).End);
        Assert.Equal(-1, guest.Guest.InvokeText("i32", ["4294967295"]).Values[0].AsInt64());
    }

    [Theory]
    [InlineData(GuestValueType.I32, "-2147483648", "-2147483648")]
    [InlineData(GuestValueType.I32, "+7", "7")]
    [InlineData(GuestValueType.I64, "18446744073709551615", "-1")]
    [InlineData(GuestValueType.I64, "-9223372036854775808", "-9223372036854775808")]
    [InlineData(GuestValueType.F32, "-1e-3", "-0.001")]
    [InlineData(GuestValueType.F32, "NaN", "NaN")]
    [InlineData(GuestValueType.F64, "-Infinity", "-Infinity")]
    [InlineData(GuestValueType.F64, "0.1", "0.1")]
    public void TryParse_Text_IsReadAndWrittenTheSameWay(GuestValueType kind, string text, string written)
    {
        Assert.True(GuestValue.TryParse(text, kind, out GuestValue value));
        Assert.Equal((kind, written), (value.Kind, value.ToString()));
        Assert.True(GuestValue.TryParse(written, kind, out GuestValue again));
        Assert.Equal(value, again);
    }

    [Theory]
    [InlineData(GuestValueType.I32, "1,000")]
    [InlineData(GuestValueType.I64, "18446744073709551616")]
    [InlineData(GuestValueType.I64, "-9223372036854775809")]
    [InlineData(GuestValueType.F32, "1,5")]
    [InlineData(GuestValueType.F64, "")]
    [InlineData(GuestValueType.V128, "1")]
    [InlineData(GuestValueType.FunctionReference, "0")]
    public void TryParse_WhatIsNoNumberOfTheType_IsFalse(GuestValueType kind, string text) => Assert.False(GuestValue.TryParse(text, kind, out _));

    [Fact]
    public void AsInt64AndAsDouble_OfTheOtherKind_AreRefused()
    {
        Assert.Throws<InvalidOperationException>(() => ((GuestValue)1f).AsInt64());
        Assert.Throws<InvalidOperationException>(() => ((GuestValue)1).AsDouble());
    }
}
